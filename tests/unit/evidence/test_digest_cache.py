from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from registry.evidence import digests
from registry.evidence.digest_cache import Remembered

OLD = time.time() - 3600


@pytest.fixture
def data(tmp_path: Path) -> Path:
    file = tmp_path / "data.bin"
    file.write_bytes(b"one")
    return file


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that were read, with a clock an hour ahead, so that every file has settled."""
    read: list[Path] = []
    real, clock = digests.of_file, time.time_ns
    monkeypatch.setattr(digests, "of_file", lambda path: read.append(path) or real(path))
    monkeypatch.setattr(time, "time_ns", lambda: clock() + 3600 * 10**9)
    return read


def test_a_file_is_read_once(tmp_path: Path, data: Path, reads: list[Path]) -> None:
    cache = Remembered(tmp_path / "cache" / "digests.db")
    assert cache.digest(data) == digests.of_bytes(b"one")
    assert Remembered(tmp_path / "cache" / "digests.db").digest(data) == digests.of_bytes(b"one")
    assert len(reads) == 1


def test_a_changed_file_is_read_again_even_with_its_old_time_and_size(
    tmp_path: Path, data: Path, reads: list[Path]
) -> None:
    cache = Remembered(tmp_path / "digests.db")
    os.utime(data, (OLD, OLD))
    cache.digest(data)
    data.write_bytes(b"two")
    os.utime(data, (OLD, OLD))
    assert cache.digest(data) == digests.of_bytes(b"two")
    other = data.with_name("other")
    other.write_bytes(b"six")
    os.utime(other, (OLD, OLD))
    other.replace(data)
    assert cache.digest(data) == digests.of_bytes(b"six")


def test_a_file_that_has_just_changed_is_not_remembered(tmp_path: Path, data: Path) -> None:
    cache = Remembered(tmp_path / "digests.db")
    cache.digest(data)
    with sqlite3.connect(tmp_path / "digests.db") as database:
        assert database.execute("SELECT count(*) FROM digest").fetchone() == (0,)


def test_a_clock_that_was_set_back_only_costs_reading(
    tmp_path: Path, data: Path, reads: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 0)
    cache = Remembered(tmp_path / "digests.db")
    assert cache.digest(data) == cache.digest(data) == digests.of_bytes(b"one")
    assert len(reads) == 2


@pytest.mark.parametrize("garbage", [b"no database", b"SQLite format 3\x00" + b"\xff" * 4000])
def test_a_garbage_cache_is_thrown_away(tmp_path: Path, data: Path, reads: list[Path], garbage: bytes) -> None:
    file = tmp_path / "digests.db"
    file.write_bytes(garbage)
    for _ in range(2):
        assert Remembered(file).digest(data) == digests.of_bytes(b"one")
    assert len(reads) == 1


def test_a_database_of_something_else_is_left_alone(tmp_path: Path, data: Path) -> None:
    file = tmp_path / "digests.db"
    with sqlite3.connect(file) as other:
        other.execute("CREATE TABLE digest (theirs)")
    before = file.read_bytes()
    assert Remembered(file).digest(data) == digests.of_bytes(b"one")
    assert file.read_bytes() == before


def test_without_a_place_nothing_is_remembered(tmp_path: Path, data: Path, reads: list[Path]) -> None:
    cache = Remembered(data / "digests.db")
    assert cache.digest(data) == cache.digest(data)
    assert len(reads) == 2


def test_many_files_in_order_and_odd_names(tmp_path: Path, reads: list[Path]) -> None:
    files = [tmp_path / os.fsdecode(b"odd\xff"), *(tmp_path / f"{number}.jpg" for number in range(1200))]
    for file in files:
        file.write_bytes(file.name.encode(errors="surrogateescape"))
    cache = Remembered(tmp_path / "digests.db")
    first = list(cache.digests(files))
    assert [path for path, _ in first] == files
    assert list(cache.digests(files)) == first
    assert len(reads) == len(files) + 1  # the odd name cannot be remembered


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Remembered(tmp_path / "digests.db").digest(tmp_path / "nowhere")


def test_two_processes_share_it(tmp_path: Path) -> None:
    for number in range(300):
        (tmp_path / f"{number}.jpg").write_bytes(b"%d" % number)
    code = (
        "import sys, time; from pathlib import Path; from registry.evidence.digest_cache import Remembered\n"
        "clock = time.time_ns; time.time_ns = lambda: clock() + 3600 * 10**9\n"
        "folder = Path(sys.argv[1])\n"
        "found = list(Remembered(folder / 'digests.db').digests(sorted(folder.glob('*.jpg'))))\n"
        "sys.exit(len(found) != 300)"
    )
    processes = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path)]) for _ in range(3)]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    with sqlite3.connect(tmp_path / "digests.db") as database:
        assert database.execute("SELECT count(*) FROM digest").fetchone() == (300,)
