from __future__ import annotations

import hashlib
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from registry.types import WeightsError
from registry.verify.target import WeightsRef
from registry.verify.weights import Cache, Policy, fetch

DATA = random.Random(0).randbytes(3_000_000)
DIGEST = hashlib.sha256(DATA).hexdigest()
LOCAL = Policy(private_hosts=("127.0.0.1",), backoff=0.001, timeout=5)


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(folder=tmp_path / "cache")


def test_a_file_is_kept_under_its_digest_and_fetched_once(file_server: Any, cache: Cache) -> None:
    file_server.files["/model.pth"] = DATA
    ref = WeightsRef(url=file_server.url("/model.pth"))
    steps: list[tuple[str, int, int | None]] = []
    fetched = fetch(ref, cache=cache, policy=LOCAL, progress=lambda *step: steps.append(step))
    assert fetched.path.read_bytes() == DATA
    assert (fetched.sha256, fetched.path.name, fetched.size) == (DIGEST, DIGEST, len(DATA))
    assert steps[-1] == (ref.url, len(DATA), len(DATA))
    assert fetch(ref, cache=cache, policy=LOCAL).path == fetched.path
    assert len(file_server.requests) == 1
    assert not list((cache.folder / "partial").iterdir())


def test_a_broken_download_goes_on_where_it_ended(file_server: Any, cache: Cache) -> None:
    file_server.files["/model.pth"] = DATA
    file_server.broken["/model.pth"] = [1_200_000, 900_000]
    fetched = fetch(WeightsRef(url=file_server.url("/model.pth")), cache=cache, policy=LOCAL)
    assert fetched.path.read_bytes() == DATA
    starts = [byte_range for _, byte_range in file_server.requests]
    assert starts == [None, "bytes=1200000-", "bytes=2100000-"]


def test_a_download_is_resumed_by_a_later_run_unless_the_file_changed(file_server: Any, cache: Cache) -> None:
    url = file_server.url("/model.pth")
    file_server.files["/model.pth"] = DATA
    file_server.broken["/model.pth"] = [1_500_000]
    once = Policy(private_hosts=LOCAL.private_hosts, attempts=1)
    with pytest.raises(WeightsError, match="1500000 of 3000000 bytes"):
        fetch(WeightsRef(url=url), cache=cache, policy=once)
    newer = DATA[::-1]
    file_server.files["/model.pth"] = newer
    assert fetch(WeightsRef(url=url), cache=cache, policy=once).path.read_bytes() == newer
    assert file_server.requests[-1] == ("/model.pth", "bytes=1500000-")


def test_a_busy_host_is_asked_again_and_a_missing_file_is_not(file_server: Any, cache: Cache) -> None:
    file_server.files["/model.pth"] = DATA
    file_server.statuses["/model.pth"] = [503, 429]
    fetch(WeightsRef(url=file_server.url("/model.pth")), cache=cache, policy=LOCAL)
    assert len(file_server.requests) == 3
    with pytest.raises(WeightsError, match="404"):
        fetch(WeightsRef(url=file_server.url("/gone.pth")), cache=cache, policy=LOCAL)
    assert len(file_server.requests) == 4


def test_attempts_are_bounded(file_server: Any, cache: Cache) -> None:
    file_server.statuses["/model.pth"] = [503] * 20
    with pytest.raises(WeightsError, match="after 5 attempts: 503"):
        fetch(WeightsRef(url=file_server.url("/model.pth")), cache=cache, policy=LOCAL)
    assert len(file_server.requests) == 5


@pytest.mark.parametrize("digest", [DIGEST[:8], DIGEST, f"sha256:{DIGEST.upper()}"])
def test_the_right_digest_is_accepted(file_server: Any, cache: Cache, digest: str) -> None:
    file_server.files["/model.pth"] = DATA
    assert (
        fetch(WeightsRef(url=file_server.url("/model.pth"), sha256=digest), cache=cache, policy=LOCAL).sha256 == DIGEST
    )


def test_another_digest_is_refused_and_both_are_named(file_server: Any, cache: Cache) -> None:
    file_server.files["/model.pth"] = file_server.files["/net-0badc0de.pth"] = DATA
    with pytest.raises(WeightsError, match=rf"{DIGEST}, and not {'0' * 64} as the card says"):
        fetch(WeightsRef(url=file_server.url("/model.pth"), sha256="0" * 64), cache=cache, policy=LOCAL)
    with pytest.raises(WeightsError, match=rf"{DIGEST}, and not 0badc0de as the file's name says"):
        fetch(WeightsRef(url=file_server.url("/net-0badc0de.pth")), cache=cache, policy=LOCAL)
    assert not list((cache.folder / "partial").iterdir())
    with pytest.raises(WeightsError, match="is no SHA-256"):
        fetch(WeightsRef(url=file_server.url("/model.pth"), sha256="banana"), cache=cache, policy=LOCAL)


def test_a_file_that_rotted_in_the_cache_is_fetched_again(file_server: Any, cache: Cache) -> None:
    file_server.files["/model.pth"] = DATA
    ref = WeightsRef(url=file_server.url("/model.pth"), sha256=DIGEST)
    path = fetch(ref, cache=cache, policy=LOCAL).path
    path.write_bytes(b"rotten")
    assert fetch(ref, cache=cache, policy=LOCAL).path.read_bytes() == DATA


def test_a_file_is_bounded(file_server: Any, cache: Cache) -> None:
    file_server.files["/model.pth"] = DATA
    with pytest.raises(WeightsError, match="larger than the 2000000 bytes"):
        fetch(
            WeightsRef(url=file_server.url("/model.pth")),
            cache=cache,
            policy=Policy(private_hosts=LOCAL.private_hosts, max_bytes=2_000_000),
        )


def test_the_cache_is_bounded_and_keeps_what_is_in_use(file_server: Any, tmp_path: Path) -> None:
    cache = Cache(folder=tmp_path, max_bytes=4_000_000)
    file_server.files |= {"/a.pth": DATA, "/b.pth": DATA[::-1], "/c.pth": DATA[1:]}
    first, second, third = (
        fetch(WeightsRef(url=file_server.url(f"/{name}.pth")), cache=cache, policy=LOCAL) for name in "abc"
    )
    assert first.path.exists()
    path = first.path
    del first, second
    fourth = fetch(WeightsRef(url=file_server.url("/b.pth")), cache=cache, policy=LOCAL)
    cache.prune(keep=fourth.path)
    assert [file.exists() for file in (path, fourth.path, third.path)] == [False, True, True]


def test_hosts_schemes_and_redirects_are_checked(file_server: Any, cache: Cache) -> None:
    def refused(url: str, policy: Policy = LOCAL) -> str:
        with pytest.raises(WeightsError) as caught:
            fetch(WeightsRef(url=url), cache=cache, policy=policy)
        return caught.value.message

    assert "add it to hosts" in refused("https://example.org/a.pth")
    assert "add it to private-hosts" in refused("https://10.0.0.2/a.pth")
    assert "not fetched by 'ftp'" in refused("ftp://127.0.0.1/a.pth")
    assert "not fetched by 'javascript'" in refused("javascript://127.0.0.1/a.pth")
    assert "no user" in refused("http://me@127.0.0.1/a.pth")
    assert "not fetched from '127.0.0.1'" in refused(file_server.url("/a.pth"), Policy())
    file_server.redirects["/away.pth"] = "https://example.org/a.pth"
    assert "not fetched from 'example.org'" in refused(file_server.url("/away.pth"))
    file_server.redirects["/file.pth"] = "file:///etc/hostname"
    assert refused(file_server.url("/file.pth"))
    assert file_server.requests == [("/away.pth", None), ("/file.pth", None)]


def test_a_name_that_leads_to_a_private_address_is_refused(file_server: Any, cache: Cache) -> None:
    file_server.files["/model.pth"] = DATA
    url = file_server.url("/model.pth").replace("http:", "https:")
    with pytest.raises(WeightsError, match=r"private address 127\.0\.0\.1"):
        fetch(WeightsRef(url=url), cache=cache, policy=Policy(hosts=("*",)))
    assert file_server.requests == []


CHILD = """
import sys
from pathlib import Path
from registry.verify.target import WeightsRef
from registry.verify.weights import Cache, Policy, fetch
ref = WeightsRef(url=sys.argv[2])
print(fetch(ref, cache=Cache(folder=Path(sys.argv[1])), policy=Policy(private_hosts=("127.0.0.1",))).sha256)
"""


def test_two_processes_download_once(file_server: Any, cache: Cache) -> None:
    file_server.files["/model.pth"] = DATA
    command = [sys.executable, "-c", CHILD, str(cache.folder), file_server.url("/model.pth")]
    children = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert [child.communicate(timeout=60)[0].strip() for child in children] == [DIGEST, DIGEST]
    assert len(file_server.requests) == 1


def test_local_files_stay_beside_the_card(tmp_path: Path, cache: Cache) -> None:
    (tmp_path / "cards").mkdir()
    (tmp_path / "cards" / "model.pth").write_bytes(DATA)
    (tmp_path / "outside.pth").write_bytes(DATA)
    base = str(tmp_path / "cards")
    inside = (tmp_path / "cards" / "model.pth").as_uri()
    for url in ("model.pth", inside):
        assert fetch(WeightsRef(url=url, base=base), cache=cache, policy=Policy()).sha256 == DIGEST
    for url in ("../outside.pth", str(tmp_path / "outside.pth"), (tmp_path / "outside.pth").as_uri()):
        with pytest.raises(WeightsError, match="outside of the card's folder"):
            fetch(WeightsRef(url=url, base=base), cache=cache, policy=Policy())
        assert fetch(WeightsRef(url=url, base=base), cache=cache, policy=Policy(trust=True)).sha256 == DIGEST
    with pytest.raises(WeightsError, match=r"no file missing\.pth"):
        fetch(WeightsRef(url="missing.pth", base=base), cache=cache, policy=Policy())


@pytest.mark.parametrize("url", ["a\0b.pth", "x" * 5000, "", "."])
def test_what_is_no_path_is_a_sentence(tmp_path: Path, cache: Cache, url: str) -> None:
    with pytest.raises(WeightsError, match=r"is no path of weights|there is no file"):
        fetch(WeightsRef(url=url, base=str(tmp_path)), cache=cache, policy=Policy())
