from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from registry import files
from registry.files import tidy, write_atomic, write_output
from registry.types import OutputError


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_file_is_written_with_its_folders(tmp_path: Path) -> None:
    file = tmp_path / "a" / "b" / "c.txt"
    write_atomic(file, b"one")
    write_atomic(file, b"two")
    assert file.read_bytes() == b"two"
    assert names(file.parent) == {"c.txt"}


def test_permissions_are_those_of_any_new_file_and_then_stay(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    write_atomic(tmp_path / "new", b"")
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "plain").stat().st_mode
    (tmp_path / "new").chmod(0o755)
    write_atomic(tmp_path / "new", b"more")
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o755


def test_an_interrupt_leaves_nothing_beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(handle: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomic(tmp_path / "file", b"data")
    assert names(tmp_path) == set()


def test_a_folder_in_the_way_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "file").mkdir()
    with pytest.raises(OutputError, match="cannot write"):
        write_atomic(tmp_path / "file", b"data")
    assert names(tmp_path) == {"file"}


def test_tidying_takes_what_the_dead_left_and_nothing_of_the_living(tmp_path: Path) -> None:
    (tmp_path / ".mir-dead.tmp").write_bytes(b"half")
    (tmp_path / "result.json").write_bytes(b"{}")
    code = (
        "import sys, pathlib; from registry.files import beside\n"
        "_, made = beside(pathlib.Path(sys.argv[1])); print(made.name, flush=True); sys.stdin.read()"
    )
    arguments = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        living = writer.stdout.readline().strip()
        tidy(tmp_path)
        assert names(tmp_path) == {living, "result.json"}
        writer.kill()
        writer.wait()
    tidy(tmp_path)
    assert names(tmp_path) == {"result.json"}


def test_tidying_while_others_write_loses_nothing(tmp_path: Path) -> None:
    stop = threading.Event()

    def keep_tidying() -> None:
        while not stop.is_set():
            tidy(tmp_path)

    other = threading.Thread(target=keep_tidying)
    other.start()
    try:
        for number in range(200):
            write_atomic(tmp_path / f"{number % 5}", b"%d" % number)
    finally:
        stop.set()
        other.join()
    assert {path.read_bytes() for path in tmp_path.iterdir()} == {b"195", b"196", b"197", b"198", b"199"}


def test_a_signal_while_a_file_is_made_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make = files._create

    def interrupted(target: Path) -> int:
        os.close(make(target))
        assert list(tmp_path.iterdir()) == [target]
        raise KeyboardInterrupt

    monkeypatch.setattr(files, "_create", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_atomic(tmp_path / "card.yml", b"new")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="it has no pipes with a path")
def test_output_to_a_pipe_leaves_it_one(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as threads:
        read = threads.submit(pipe.read_bytes)
        write_output(pipe, b"some")
        assert read.result(timeout=10) == b"some"
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]
