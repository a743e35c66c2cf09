"""Locks between processes."""

from __future__ import annotations

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from registry import locks
from registry.locks import locked, locked_file


@pytest.mark.parametrize("lock", [locked_file, locked])
def test_one_at_a_time_has_the_lock(tmp_path: Path, lock) -> None:
    inside: list[int] = []

    def enter(number: int) -> int:
        with lock(tmp_path / "lock" if lock is locked_file else tmp_path):
            inside.append(number)
            others = list(inside)
            inside.remove(number)
        return len(others)

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(enter, range(200))) == {1}
    assert list(tmp_path.iterdir()) == []


def test_where_nothing_can_be_locked_a_folder_is_used_all_the_same_and_a_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> bool:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(locks, "lock", refuse)
    with locked(tmp_path):
        (tmp_path / "written").touch()
    with pytest.raises(OSError, match="locks"), locked_file(tmp_path / "lock"):
        raise AssertionError("nothing kept the others out")
    assert (tmp_path / "written").exists()


def test_whoever_does_not_wait_is_told_that_somebody_has_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"some")
    with (tmp_path / "file").open("rb") as reader, (tmp_path / "file").open("rb") as another:
        assert locks.lock(reader.fileno(), shared=True, wait=False)
        assert locks.lock(another.fileno(), shared=True, wait=False)
        assert not locks.lock(another.fileno(), wait=False)
