"""Weights by `hf://`, from a server that answers as the Hub does; its own client is the oracle that it does."""

from __future__ import annotations

import hashlib
import json
import random
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from registry.download.http import GoneError
from registry.types import WeightsError
from registry.verify.target import WeightsRef
from registry.verify.weights import Cache, Policy, fetch

NEW, OLD = random.Random(1).randbytes(300_000), random.Random(2).randbytes(200_000)
SMALL = json.dumps({"architecture": "resnet18"}).encode()
FILES = {
    "main": {"model.safetensors": NEW, "config.json": SMALL},
    "v1": {"model.safetensors": OLD},
}
TOKEN, OTHER_TOKEN = "hf_may", "hf_may_not"


@dataclass
class Hub:
    """A Hub with the repositories `timm/resnet18` and `meta/gated`, and beside it the host of its large files.

    Attributes:
        asked: Path and `Authorization` of every request, in order; those to the other host begin with `cdn:`.
        cut: Bytes after which the other host ends its next answers.
    """

    port: int = 0
    other_port: int = 0
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    cut: list[int] = field(default_factory=list)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def handler(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            token = self.headers.get("Authorization")
            if self.server.server_address[1] == hub.other_port:
                hub.asked.append((f"cdn:{self.path}", token))
                self.give(FILES[self.path.split("/")[1]]["model.safetensors"], cut=hub.cut.pop(0) if hub.cut else None)
                return
            hub.asked.append((self.path, token))
            redirected = self.path.startswith("/api/resolve-cache/")
            repo, _, rest = self.path.removeprefix("/api/resolve-cache/").removeprefix("/").partition("/resolve/")
            revision, _, file = rest.partition("/")
            if repo not in ("timm/resnet18", "meta/gated"):
                self.refuse(404, "RepoNotFound") if token else self.refuse(401, None)
            elif repo == "meta/gated" and token != f"Bearer {TOKEN}":
                self.refuse(403 if token else 401, "GatedRepo")
            elif revision not in FILES:
                self.refuse(404, "RevisionNotFound")
            elif file not in FILES[revision]:
                self.refuse(404, "EntryNotFound")
            elif file.endswith(".json") and redirected:
                self.give(FILES[revision][file])
            else:
                data = FILES[revision][file]
                large = file.endswith(".safetensors")
                self.send_response(302 if large else 307)
                elsewhere = f"http://localhost:{hub.other_port}/{revision}/signed"
                self.send_header("Location", elsewhere if large else f"/api/resolve-cache{self.path}")
                self.send_header("X-Repo-Commit", hashlib.sha1(revision.encode()).hexdigest())
                self.send_header("X-Linked-Size", str(len(data)))
                self.send_header("X-Linked-Etag", f'"{hashlib.sha256(data).hexdigest()}"')
                self.send_header("Content-Length", "0")
                self.end_headers()

        def give(self, data: bytes, cut: int | None = None) -> None:
            start = int((self.headers.get("Range") or "bytes=0-").removeprefix("bytes=").rstrip("-"))
            self.send_response(206 if start else 200)
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
            self.send_header("ETag", f'"{hashlib.sha256(data).hexdigest()}"')
            self.send_header("X-Repo-Commit", "0" * 40)
            self.send_header("Content-Length", str(len(data) - start))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(data[start : None if cut is None else start + cut])

        def refuse(self, status: int, code: str | None) -> None:
            self.send_response(status)
            if code:
                self.send_header("X-Error-Code", code)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    return Handler


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    state = Hub()
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), handler(state)) for _ in range(2)]
    state.port, state.other_port = (server.server_address[1] for server in servers)
    for server in servers:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    monkeypatch.setenv("HF_ENDPOINT", state.endpoint)
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setattr("huggingface_hub.constants.HF_TOKEN_PATH", str(tmp_path / "no token"))
    yield state
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(folder=tmp_path / "cache")


def policy(hub: Hub, **options: Any) -> Policy:
    return Policy(
        private_hosts=(f"127.0.0.1:{hub.port}", f"localhost:{hub.other_port}"), backoff=0.001, timeout=5, **options
    )


def refusal(url: str, hub: Hub, cache: Cache, **options: Any) -> WeightsError:
    with pytest.raises(WeightsError) as caught:
        fetch(WeightsRef(url=url), cache=cache, policy=policy(hub, **options))
    return caught.value


@pytest.mark.parametrize(
    ("address", "data"),
    [
        ("hf://timm/resnet18/model.safetensors", NEW),
        ("hf://timm/resnet18@v1/model.safetensors", OLD),
        ("hf://timm/resnet18/config.json", SMALL),
    ],
)
def test_what_its_own_client_gets_is_what_we_get(
    hub: Hub, cache: Cache, tmp_path: Path, address: str, data: bytes
) -> None:
    client = pytest.importorskip("huggingface_hub")
    repo, _, file = address.removeprefix("hf://").rpartition("/")
    name, _, revision = repo.partition("@")
    reference = client.hf_hub_download(
        name, file, revision=revision or None, endpoint=hub.endpoint, cache_dir=tmp_path / "theirs"
    )
    steps: list[tuple[str, int, int | None]] = []
    ours = fetch(WeightsRef(url=address), cache=cache, policy=policy(hub), progress=lambda *step: steps.append(step))
    assert ours.path.read_bytes() == Path(reference).read_bytes() == data
    assert steps[-1][1:] == (len(data), len(data))


@pytest.mark.parametrize(
    ("address", "token", "message", "kind"),
    [
        ("timm/resnet18/gone.pth", None, "timm/resnet18 has no file gone.pth in main", "RemoteEntryNotFoundError"),
        ("timm/resnet18@v9/model.pth", None, "timm/resnet18 has no revision v9", "RevisionNotFoundError"),
        # To its own client, a 401 without a code means this on the Hub itself only.
        ("nobody/none/model.pth", None, "the Hub has no nobody/none, or it is private; set HF_TOKEN", "HfHubHTTPError"),
        ("nobody/none/model.pth", TOKEN, "or it is private; your token gives no access", "RepositoryNotFoundError"),
        (
            "meta/gated/model.pth",
            None,
            "is gated: ask for access on its page on the Hub; set HF_TOKEN",
            "GatedRepoError",
        ),
        ("meta/gated/model.pth", OTHER_TOKEN, "is gated: .*; your token gives no access to it", "GatedRepoError"),
    ],
)
def test_what_the_hub_refuses_is_a_sentence(
    hub: Hub,
    cache: Cache,
    monkeypatch: pytest.MonkeyPatch,
    address: str,
    token: str | None,
    message: str,
    kind: str,
) -> None:
    client = pytest.importorskip("huggingface_hub")
    pytest.importorskip("huggingface_hub.errors")  # not brought by the package itself
    if token:
        monkeypatch.setenv("HF_TOKEN", token)
    error = refusal(f"hf://{address}", hub, cache)
    assert re.search(message, error.message)
    assert isinstance(error, GoneError) is ("has no file" in message or "has no revision" in message)
    repo, _, file = address.rpartition("/")
    name, _, revision = repo.partition("@")
    with pytest.raises(client.errors.HfHubHTTPError) as caught:
        client.get_hf_file_metadata(client.hf_hub_url(name, file, revision=revision or None, endpoint=hub.endpoint))
    assert type(caught.value).__name__ == kind


def test_a_token_is_taken_from_the_environment_and_from_no_file(
    hub: Hub, cache: Cache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "token").write_text(TOKEN)
    monkeypatch.setattr("huggingface_hub.constants.HF_TOKEN_PATH", str(tmp_path / "token"))
    assert "is gated" in refusal("hf://meta/gated/model.safetensors", hub, cache).message
    assert {token for _, token in hub.asked} == {None}


def test_a_token_opens_what_is_gated_and_is_shown_to_nobody_else(
    hub: Hub, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    for file, data in (("model.safetensors", NEW), ("config.json", SMALL)):
        fetched = fetch(WeightsRef(url=f"hf://meta/gated/{file}"), cache=cache, policy=policy(hub))
        assert fetched.path.read_bytes() == data
    assert {token for path, token in hub.asked if not path.startswith("cdn:")} == {f"Bearer {TOKEN}"}
    assert {token for path, token in hub.asked if path.startswith("cdn:")} == {None}


def test_another_digest_is_refused(hub: Hub, cache: Cache) -> None:
    ref = WeightsRef(url="hf://timm/resnet18/model.safetensors", sha256="0" * 64)
    with pytest.raises(WeightsError, match=rf"{hashlib.sha256(NEW).hexdigest()}, and not {'0' * 64} as the card says"):
        fetch(ref, cache=cache, policy=policy(hub))


def test_what_breaks_off_is_resumed_and_what_is_too_large_is_refused(hub: Hub, cache: Cache) -> None:
    hub.cut = [120_000]
    ref = WeightsRef(url="hf://timm/resnet18/model.safetensors")
    assert fetch(ref, cache=cache, policy=policy(hub)).path.read_bytes() == NEW
    assert [path for path, _ in hub.asked].count("cdn:/main/signed") == 2
    assert (
        "larger than the 100000 bytes"
        in refusal("hf://timm/resnet18@v1/model.safetensors", hub, cache, max_bytes=100_000).message
    )


def test_the_hub_and_where_it_leads_must_be_allowed(hub: Hub, cache: Cache) -> None:
    url = "hf://timm/resnet18/model.safetensors"
    for hosts, host in (((), "127.0.0.1"), ((f"127.0.0.1:{hub.port}",), "localhost")):
        with pytest.raises(WeightsError, match=f"weights are not fetched from '{host}'"):
            fetch(WeightsRef(url=url), cache=cache, policy=Policy(private_hosts=hosts))


@pytest.mark.parametrize("url", ["hf://nobody", "hf://a/b/../../c", "hf://a/b"])
def test_addresses_on_the_hub_have_a_form(cache: Cache, url: str) -> None:
    with pytest.raises(WeightsError, match="no address on the Hub"):
        fetch(WeightsRef(url=url), cache=cache, policy=Policy())
