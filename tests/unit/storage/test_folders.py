"""What every folder promises, of a folder here, one in memory and one on an S3 server."""

import errno
import os
import pickle
import stat
import threading
import uuid
from pathlib import Path

import pytest

from registry.storage import Folder, open_folder, place
from registry.storage.remote import RemoteFolder
from registry.types import OutputError, StorageError


@pytest.fixture(params=["local", "memory", "s3"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Folder:
    where = {"local": lambda: str(tmp_path / "kept"), "memory": lambda: f"memory://{uuid.uuid4()}/kept"}
    address = where.get(request.param, lambda: f"{request.getfixturevalue('s3')}/kept")()
    return open_folder(place(address))


def test_files_are_written_listed_and_read(folder: Folder) -> None:
    assert list(folder.scan(".json", 9)) == []
    for name in ("b/two.json", "a/one.json", "a/one.txt"):
        folder.write(name, name.encode())
    folder.write("b/none.json", b"")
    assert list(folder.scan(".json", 99)) == [
        ("a/one.json", b"a/one.json"),
        ("b/none.json", b""),
        ("b/two.json", b"b/two.json"),
    ]
    folder.write("a/one.json", b"another")
    assert folder.read("a/one.json", 99) == b"another"
    assert folder.read("a/one.json", 3) == b"anot"  # one more than the limit, to be seen to be too large
    contents = folder.read_each(["a/one.txt", "nowhere.json", "b/two.json"], 99)
    assert [type(content) for content in contents] == [bytes, FileNotFoundError, bytes]
    with pytest.raises(FileNotFoundError):
        folder.read("nowhere.json", 9)


def test_an_update_sees_what_it_replaces(folder: Folder) -> None:
    def more(before: bytes | None) -> bytes:
        return (before or b"") + b"+"

    for _ in range(3):
        folder.update("a/count", 99, more)
    assert folder.read("a/count", 99) == b"+++"
    folder.update("a/count", 99, lambda _: None)
    folder.update("a/other", 99, lambda _: None)
    assert folder.read("a/count", 99) == b"+++"
    assert list(folder.scan("other", 99)) == []


@pytest.mark.parametrize("folder", ["local", "s3"], indirect=True)
def test_updates_at_once_lose_nothing(folder: Folder) -> None:
    def add(letter: bytes) -> None:
        for _ in range(5):
            folder.update("a/all", 99, lambda before: (before or b"") + letter)

    threads = [threading.Thread(target=add, args=[letter]) for letter in (b"a", b"b", b"c")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(folder.read("a/all", 99)) == sorted(b"aaaaabbbbbccccc")


def test_large_files_come_and_go_in_pieces(folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.storage.remote._PIECE", 1000)
    monkeypatch.setattr("registry.storage.local_folder._PIECE", 1000)
    source, back = tmp_path / "source", tmp_path / "back"
    source.write_bytes(os.urandom(10_500))
    folder.put(source, "sha256/abc")
    assert folder.bring("sha256/abc", back, 10_500)
    assert back.read_bytes() == source.read_bytes()
    with pytest.raises(OSError, match="larger than 10499 bytes"):
        folder.bring("sha256/abc", back, 10_499)
    assert not folder.bring("sha256/abd", back, 10_500)
    assert folder.beginning_with("sha256/ab") == ["sha256/abc"]
    assert folder.beginning_with("sha256/b") == []
    source.write_bytes(b"another")
    folder.put(source, "sha256/abc")
    assert len(folder.read("sha256/abc", 20_000)) == 10_500


def test_a_folder_goes_to_another_process(folder: Folder) -> None:
    folder.write("a", b"one")
    assert pickle.loads(pickle.dumps(folder)).read("a", 9) == b"one"


def test_a_bucket_that_is_missing_is_told_of(s3: str) -> None:
    folder = open_folder(place(f"{s3}-no/kept"))
    for read in (
        lambda: list(folder.scan(".json", 9)),
        lambda: folder.read("a", 9),
        lambda: folder.beginning_with("a/b"),
        lambda: folder.update("a", 9, lambda _: b"1"),
    ):
        with pytest.raises(StorageError, match=r"cannot read s3://.*-no/kept: The specified bucket does not exist"):
            read()
    with pytest.raises(OutputError, match=r"cannot write s3://.*-no/kept/a: The specified bucket does not exist"):
        folder.write("a", b"")


def test_a_write_that_another_came_before_is_tried_again_and_not_for_ever(
    s3: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, other = open_folder(place(f"{s3}/kept")), open_folder(place(f"{s3}/kept"))
    monkeypatch.setattr("registry.storage.remote.time.sleep", lambda _: None)

    def outpaced(before: bytes | None) -> bytes:
        other.write("a", (before or b"") + b"o")
        return b"mine"

    with pytest.raises(OutputError, match="others keep changing it"):
        folder.update("a", 99, outpaced)
    assert set(other.read("a", 99)) == set(b"o")


def test_what_is_gone_since_it_was_read_is_made_anew(s3: str) -> None:
    import fsspec

    folder = RemoteFolder(place(f"{s3}/kept"))  # type: ignore[arg-type]
    folder.write("a", b"old")
    states: list[bytes | None] = []

    def decide(before: bytes | None) -> bytes:
        states.append(before)
        if states == [b"old", b"old"]:
            fsspec.filesystem("s3").rm(f"{s3}/kept/a")
        return b"new"

    folder.update("a", 9, decide)
    assert states == [b"old", b"old", None]
    assert folder.read("a", 9) == b"new"


@pytest.mark.skipif(os.name == "nt", reason="it has no flock")
def test_where_folders_cannot_be_locked_a_file_beside_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl

    real = fcntl.flock

    def as_on_nfs(handle: int, how: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        real(handle, how)

    monkeypatch.setattr(fcntl, "flock", as_on_nfs)
    folder = open_folder(tmp_path)
    test_updates_at_once_lose_nothing(folder)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["all"]
