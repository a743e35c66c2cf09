"""Weights that machines share: asked for before their host is, and never trusted."""

from __future__ import annotations

import hashlib
import random
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from registry.config import Config
from registry.storage import Folder, open_folder, place
from registry.types import StorageError, UsageError
from registry.verify.target import WeightsRef
from registry.verify.weights import Cache, Policy, RefusedError, fetch
from registry.verify.weights.digest import shared_cache

DATA = random.Random(0).randbytes(300_000)
DIGEST = hashlib.sha256(DATA).hexdigest()
LOCAL = Policy(private_hosts=("127.0.0.1",), backoff=0.001, timeout=5, attempts=1)


@pytest.fixture(params=["mounted", "s3"])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Folder:
    address = str(tmp_path / "shared") if request.param == "mounted" else f"{request.getfixturevalue('s3')}/cache"
    return open_folder(place(address))


@pytest.fixture
def machine(shared: Folder, tmp_path: Path) -> Any:
    """Makes the cache of a machine by its name."""
    return lambda name: Cache(folder=tmp_path / name, shared=shared)


@pytest.mark.parametrize("digest", [DIGEST, None])
def test_one_machine_downloads_and_the_others_take_it_from_the_shared_cache(
    file_server: Any, machine: Any, shared: Folder, digest: str | None
) -> None:
    name = f"/model-{DIGEST[:8]}.pth"
    file_server.files[name] = DATA
    ref = WeightsRef(url=file_server.url(name), sha256=digest)
    assert fetch(ref, cache=machine("first"), policy=LOCAL).path.read_bytes() == DATA
    assert shared.read(f"sha256/{DIGEST}", len(DATA)) == DATA
    second = machine("second")
    fetched = fetch(ref, cache=second, policy=LOCAL)
    assert (fetched.path, fetched.sha256, fetched.path.read_bytes()) == (second.file(DIGEST), DIGEST, DATA)
    assert fetched.open_file is not None
    assert len(file_server.requests) == 1
    assert not list((second.folder / "partial").iterdir())


def test_without_a_digest_the_host_is_asked(file_server: Any, machine: Any) -> None:
    file_server.files["/model.pth"] = DATA
    ref = WeightsRef(url=file_server.url("/model.pth"))
    fetch(ref, cache=machine("first"), policy=LOCAL)
    fetch(ref, cache=machine("second"), policy=LOCAL)
    assert len(file_server.requests) == 2
    fetch(ref, cache=machine("third"), policy=LOCAL, earlier=DIGEST)  # evidence says which digest it was
    assert len(file_server.requests) == 2


def test_what_has_another_digest_than_its_name_is_refused_and_named(
    file_server: Any, machine: Any, shared: Folder
) -> None:
    file_server.files["/model.pth"] = DATA
    shared.write(f"sha256/{DIGEST}", b"something else")
    cache = machine("first")
    with pytest.raises(RefusedError, match=f"sha256/{DIGEST} has SHA-256 .* refused; remove it"):
        fetch(WeightsRef(url=file_server.url("/model.pth"), sha256=DIGEST), cache=cache, policy=LOCAL)
    assert file_server.requests == []
    assert [path for path in cache.folder.rglob("*") if path.is_file() and path.parent.name != "locks"] == []


def test_what_is_too_large_is_not_taken(file_server: Any, machine: Any, shared: Folder) -> None:
    file_server.files["/model.pth"] = DATA[:100]
    digest = hashlib.sha256(DATA[:100]).hexdigest()
    shared.write(f"sha256/{digest}", DATA)
    policy = Policy(private_hosts=LOCAL.private_hosts, max_bytes=1000)
    fetched = fetch(WeightsRef(url=file_server.url("/model.pth"), sha256=digest), cache=machine("first"), policy=policy)
    assert (fetched.size, len(file_server.requests)) == (100, 1)


def test_workers_of_one_machine_take_it_once(
    file_server: Any, machine: Any, shared: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared.write(f"sha256/{DIGEST}", DATA)
    names: list[str] = []
    real = shared.bring
    monkeypatch.setattr(shared, "bring", lambda name, to, limit: (names.append(name), real(name, to, limit))[1])
    ref = WeightsRef(url=file_server.url("/model.pth"), sha256=DIGEST)
    contents: list[bytes] = []
    workers = [
        threading.Thread(
            target=lambda: contents.append(fetch(ref, cache=machine("one"), policy=LOCAL).path.read_bytes())
        )
        for _ in range(4)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert (contents, len(names), file_server.requests) == ([DATA] * 4, 1, [])


def test_a_shared_cache_that_fails_later_only_costs_time(
    file_server: Any, tmp_path: Path, s3: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_server.files["/model.pth"] = DATA
    cache = Cache(folder=tmp_path / "cache", shared=open_folder(place(f"{s3}-gone/cache")))
    ref = WeightsRef(url=file_server.url("/model.pth"), sha256=DIGEST)
    assert fetch(ref, cache=cache, policy=LOCAL).path.read_bytes() == DATA


def test_where_the_shared_cache_is(tmp_path: Path, s3: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MIR_SHARED_CACHE", raising=False)
    assert shared_cache(Config()) is None
    folder = shared_cache(Config(file=tmp_path / "pyproject.toml", shared_cache="cache"))
    assert folder is not None
    assert folder.where == tmp_path / "cache"
    monkeypatch.setenv("MIR_SHARED_CACHE", f"{s3}/cache")
    folder = shared_cache(Config(shared_cache="cache"))
    assert str(folder and folder.where) == f"{s3}/cache"
    monkeypatch.setenv("MIR_SHARED_CACHE", f"{s3}-no/cache")
    with pytest.raises(StorageError, match=r"cannot read s3://.*-no/cache: The specified bucket does not exist"):
        shared_cache(Config())
    monkeypatch.setenv("MIR_SHARED_CACHE", "gs://bucket/cache")
    monkeypatch.setitem(sys.modules, "gcsfs", None)
    with pytest.raises(UsageError, match="gs://bucket/cache needs gcsfs; install it with: pip install gcsfs"):
        shared_cache(Config())
