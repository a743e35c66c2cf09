"""What a machine can do to evidence: a full disk, several runs at once, a wrong clock, garbage in place of records."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest

from registry.evidence import Store

SETTLE = [sys.executable, "-c", Path(__file__).with_name("settle.py").read_text()]
MIR = [sys.executable, "-m", "registry"]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits and device files differ")


def start(
    command: list[str], *arguments: object, stdout: int | IO[bytes] = subprocess.PIPE, limit: int | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*command, *map(str, arguments)],
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        preexec_fn=None if limit is None else largest_file(limit),
    )


def largest_file(limit: int) -> Callable[[], None]:
    """The kernel refuses what goes beyond, as it does on a full disk."""
    import resource

    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))


def files(store: Store) -> list[Path]:
    return [path for path in store.folder.rglob("*") if path.is_file()]


def test_several_runs_at_once_leave_one_whole_record_a_claim(many_claims: Path) -> None:
    command = [*SETTLE, str(many_claims)]
    runs = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for _ in range(3)]
    for run in runs:
        _, said = run.communicate(timeout=120)
        assert (run.returncode, said) == (0, b"")
    store = Store(many_claims / "evidence")
    assert store.problems() == []
    assert len(store.all()) == len(files(store)) == 150


def test_a_full_disk_stops_a_run_in_one_sentence_and_the_next_goes_on(many_claims: Path) -> None:
    store = Store(many_claims / "evidence")
    full = start(SETTLE, many_claims, limit=20_000)
    assert full.stderr.startswith("mir: error: cannot write ")
    assert full.stderr.endswith(": File too large\n")
    assert files(store) == []
    assert start(SETTLE, many_claims).returncode == 0
    assert len(store.all()) == len(files(store)) == 150

    bundle = many_claims / "all.jsonl"
    full = start(MIR, "evidence", "export", many_claims, "--in-toto", "-o", bundle, limit=20_000)
    assert (full.returncode, full.stdout) == (2, "")
    assert full.stderr == f"mir: error: cannot write {bundle}: File too large\n"
    assert not bundle.exists()
    with Path("/dev/full").open("wb") as device:
        full = start(MIR, "evidence", "show", many_claims, stdout=device)
    assert full.returncode == 2
    assert full.stderr == "mir: error: the output cannot be written: No space left on device\n"


@pytest.mark.parametrize("time", ["2199-01-01T00:00:00Z", "1970-01-01T00:00:00Z"])
def test_a_clock_that_jumped_loses_nothing(many_claims: Path, time: str) -> None:
    start(SETTLE, many_claims)
    store = Store(many_claims / "evidence")
    for path, evidence in store.items():
        path.write_text(path.read_text().replace(evidence.time, time))
    before = {path: path.read_bytes() for path, _ in store.items()}
    assert len(before) == 150
    run = start(SETTLE, many_claims)
    assert run.returncode == 0
    assert "measured" not in run.stdout
    assert {path: path.read_bytes() for path, _ in store.items()} == before


def test_garbage_in_place_of_records_is_measured_again(many_claims: Path) -> None:
    start(SETTLE, many_claims)
    store = Store(many_claims / "evidence")
    paths = [path for path, _ in store.items()]
    record = json.loads(paths[5].read_text())
    for path, garbage in zip(
        paths,
        [b"", b"\x00" * 9000, b"{}", b"[" * 50_000, json.dumps({**record, "verdict": "wonderful"}).encode()],
        strict=False,
    ):
        path.write_bytes(garbage)
    assert len(store.problems()) == 5
    run = start(SETTLE, many_claims)
    assert run.returncode == 0
    assert run.stdout.count("measured") == 5
    assert store.problems() == []
    assert len(store.all()) == len(files(store)) == 150
