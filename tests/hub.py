"""A server that answers as the Hub does, for tests."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

FILES: dict[str, dict[str, bytes]] = {}
"""Every repository's files, by its kind, name and revision: `models/lab/net@main`."""

RENAMED: dict[str, str] = {}
"""What a repository that was renamed is called now: `lab/old` and `lab/new`."""

GATED: set[str] = set()
"""Repositories of which everybody may have the card and nothing else."""


def commit_of(files: Mapping[str, bytes]) -> str:
    """The commit that holds some files."""
    return hashlib.sha1(b"".join(files[name] for name in sorted(files))).hexdigest()


def _files(repository: str, revision: str) -> Mapping[str, bytes]:
    """The files of a branch, or of a commit."""
    branches = {name.rpartition("@")[2]: files for name, files in FILES.items() if name.startswith(f"{repository}@")}
    return branches.get(revision) or next((files for files in branches.values() if commit_of(files) == revision), {})


def _blob(name: str, data: bytes) -> dict[str, object]:
    large = name.endswith((".safetensors", ".bin", ".parquet"))
    answer = {"size": len(data), "blobId": hashlib.sha1(b"blob" + data).hexdigest()}
    return {**answer, "lfs": {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}} if large else answer


@dataclass
class Hub:
    """A Hub, and what it was asked for."""

    port: int = 0
    asked: list[str] = field(default_factory=list)
    sent: int = 0
    busy: int = 0
    """Answers that are still to say that too much was asked."""
    ranges: bool = True


def handler(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hub.asked.append(self.path)
            parts = urlsplit(self.path)
            path = unquote(parts.path).strip("/")
            old = next((name for name in RENAMED if f"/{name}/" in parts.path), None)
            if hub.busy:
                hub.busy -= 1
                self.refuse("", 429, {"RateLimit": '"api";r=0;t=0'})
            elif old is not None:
                self.refuse("", 307, {"Location": self.path.replace(f"/{old}/", f"/{RENAMED[old]}/")})
            elif path == "api/models":
                query = parse_qs(parts.query)
                self.models(query["author"][0], int(query.get("cursor", ["0"])[0]))
            elif path.startswith("api/"):
                repository, _, revision = path.removeprefix("api/").partition("/revision/")
                self.listed(repository, revision)
            else:
                repository, _, rest = parts.path.strip("/").partition("/resolve/")
                revision, file = map(unquote, rest.split("/", 1))
                kind = "" if repository.startswith(("datasets/", "spaces/")) else "models/"
                data = _files(f"{kind}{repository}", revision).get(file)
                if repository in GATED and file != "README.md":
                    self.refuse("GatedRepo", 401)
                else:
                    self.refuse("EntryNotFound") if data is None else self.give(data)

        def models(self, owner: str, start: int) -> None:
            """Two at a time, and in the header where it goes on, as the Hub does."""
            names = [key.removeprefix("models/").removesuffix("@main") for key in FILES if key.endswith("@main")]
            names = [name for name in names if name.startswith(f"{owner}/")] + [f"{owner}/gated"]
            further = f"https://elsewhere.example/api/models?author={owner}&limit=1000&cursor={start + 2}"
            more = {"Link": f'<{further}>; rel="next"'} if start + 2 < len(names) else {}
            self.give(json.dumps([self.entry(name) for name in names[start : start + 2]]).encode(), more)

        def entry(self, name: str) -> dict[str, object]:
            """A model as a list has it: with the names of its files where they are asked for."""
            files = FILES.get(f"models/{name}@main", {}) if "expand[]=siblings" in unquote(self.path) else None
            answer = (
                {} if files is None else {"sha": commit_of(files), "siblings": [{"rfilename": name} for name in files]}
            )
            return {"id": name, **answer}

        def listed(self, repository: str, revision: str) -> None:
            files = _files(repository, revision) or FILES.get(f"{repository}@{revision}")
            if files is None:
                self.refuse("RevisionNotFound" if f"{repository}@main" in FILES else "RepoNotFound")
            else:
                blobs = "blobs=true" in urlsplit(self.path).query
                siblings = [{"rfilename": name, **(_blob(name, data) if blobs else {})} for name, data in files.items()]
                name = repository.partition("/")[2]
                self.give(json.dumps({"id": name, "sha": commit_of(files), "siblings": siblings}).encode())

        def refuse(self, code: str, status: int = 404, headers: Mapping[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in {"X-Error-Code": code, **(headers or {})}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def give(self, data: bytes, headers: Mapping[str, str] | None = None) -> None:
            part = (self.headers.get("Range") or "").removeprefix("bytes=") if hub.ranges else ""
            start, end = (int(number) for number in part.split("-")) if part else (0, len(data) - 1)
            self.send_response(206 if part else 200)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            if part:
                self.send_header("Content-Range", f"bytes {start}-{min(end, len(data) - 1)}/{len(data)}")
            data = data[start : end + 1]
            hub.sent += len(data)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: object) -> None:
            pass

    return Handler


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    state = Hub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(state))
    state.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{state.port}")
    monkeypatch.setenv("MIR_CACHE", str(tmp_path / "cache"))
    for name in ("HF_TOKEN", "HF_HUB_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "mir.toml").write_text(f'private-hosts = ["127.0.0.1:{state.port}"]\n')
    monkeypatch.chdir(tmp_path / "work")
    yield state
    server.shutdown()
    server.server_close()
