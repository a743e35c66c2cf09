"""What Windows and macOS lack is simulated here: drives without a way between them, no fork, no links, no groups."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from registry import files, parallel


def _another_drive(*_: object) -> str:
    raise ValueError("path is on mount 'C:', start on mount 'D:'")


def test_a_card_on_another_drive_is_checked_and_named_in_full(mir, tmp_path, monkeypatch):
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    card = tmp_path / "elsewhere" / "card.yml"
    card.parent.mkdir()
    card.write_text("Models:\n- Name: a\n  Metadata: {FLOPs: -3}\n")
    (here / "mir.toml").write_text(f'paths = ["{card}"]\nper-file-ignores = {{"*.md" = ["MIR2"]}}\n')
    monkeypatch.setattr(os.path, "relpath", _another_drive)
    assert files.relative("D:/a", "C:/b") == "D:/a"
    code, out, err = mir("check")
    assert (code, err) == (1, "")
    assert f"{card}:3:21: MIR202 error" in out
    assert mir("check", "--baseline", "b.json", "--write-baseline")[0] == 0
    assert mir("check", "--baseline", "b.json")[0] == 0
    assert mir("search", "", card)[0] == 0


def test_work_is_done_here_where_nothing_can_be_forked(monkeypatch):
    monkeypatch.delattr(os, "fork")
    assert parallel.spread(abs, [-1, -2, -3], 2) == [1, 2, 3]


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_one_process_is_enough_where_forking_is_not_safe(monkeypatch, system):
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.delattr(os, "sched_getaffinity")
    assert parallel.cores() == 1


@pytest.mark.parametrize("lack", [OSError(1, "Operation not permitted"), NotImplementedError()])
def test_a_file_is_copied_where_it_cannot_be_linked(monkeypatch, tmp_path, lack):
    def refuse(*_: object) -> None:
        raise lack

    monkeypatch.setattr(os, "link", refuse)
    (tmp_path / "page.html").write_text("as it was")
    files.link_or_copy(tmp_path / "page.html", tmp_path / "again.html")
    assert (tmp_path / "again.html").read_text() == "as it was"
    assert (tmp_path / "again.html").stat().st_mtime == pytest.approx((tmp_path / "page.html").stat().st_mtime)


def test_a_harness_is_ended_where_there_are_no_groups_of_processes(monkeypatch):
    from registry.verify.harnesses import harness_measurer

    monkeypatch.delattr(os, "killpg")
    running = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    harness_measurer._end(running)
    assert running.returncode == -signal.SIGKILL


def test_files_are_read_without_flags_that_only_some_systems_have(monkeypatch, tmp_path):
    for flag in ("O_NONBLOCK", "O_NOFOLLOW"):
        monkeypatch.delattr(os, flag, raising=False)
    (tmp_path / "a").write_text("text")
    assert files.read_bounded(Path(tmp_path / "a"), 10) == b"text"
    files.write_atomic(tmp_path / "b", b"new")
    assert (tmp_path / "b").read_bytes() == b"new"
