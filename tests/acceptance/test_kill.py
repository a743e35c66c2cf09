"""`mir verify` killed at any moment goes on where it was: nothing finished is lost, measured twice or half written."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from registry.evidence import Store

ROOT = Path(__file__).resolve().parents[2]
SETTLE = [sys.executable, "-c", Path(__file__).with_name("settle.py").read_text()]
CLAIMS = 150


def records(store: Store) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path, _ in store.items()}


def by_model(store: Store) -> dict[str, bytes]:
    return {evidence.claim.model: path.read_bytes() for path, evidence in store.items()}


def said(output: str, verb: str) -> list[str]:
    """The models of which a run said so; its last line may be cut off."""
    lines = [line.split(" ") for line in output.split("\n")[:-1]]
    return [line[1] for line in lines if line[0] == verb]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
def test_nothing_finished_is_lost_or_doubled(many_claims: Path) -> None:
    store = Store(many_claims / "evidence")
    chance = random.Random(0)
    kills = 0
    for _ in range(12):
        before = by_model(store)
        with subprocess.Popen([*SETTLE, str(many_claims)], stdout=subprocess.PIPE, text=True) as run:
            assert run.stdout is not None
            run.stdout.readline()
            time.sleep(chance.uniform(0.0, 0.25))
            run.kill()
            output = run.stdout.read()
        kills += run.returncode == -signal.SIGKILL
        after = by_model(store)
        assert store.problems() == []
        assert before.items() <= after.items()
        assert set(said(output, "settled")) <= after.keys()
        assert not set(said(output, "measured")) & before.keys()
    assert kills >= 3
    before = by_model(store)
    assert before, "no run came far enough to be of use"
    last = subprocess.run([*SETTLE, str(many_claims)], capture_output=True, text=True, check=True)
    assert sorted(said(last.stdout, "reused")) == sorted(before)
    assert len(said(last.stdout, "settled")) == CLAIMS - len(before)
    assert len(by_model(store)) == CLAIMS
    assert len([path for path in store.folder.rglob("*") if path.is_file()]) == CLAIMS


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
def test_the_command_goes_on_after_kills_and_leaves_no_process_behind(tmp_path: Path) -> None:
    models = tmp_path / "models"
    shutil.copytree(ROOT / "models", models, ignore=shutil.ignore_patterns("evidence"))
    store = Store(models / "evidence")
    command = [sys.executable, "-m", "registry", "verify", str(models), "--device", "cpu", "--format", "json"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    chance = random.Random(1)
    for kill in range(2):
        before = records(store)
        with subprocess.Popen(command, **quiet, start_new_session=True) as run:
            # The first is killed while it starts or measures, the other as soon as evidence appears.
            deadline = time.monotonic() + (chance.uniform(1, 4) if kill == 0 else 60)
            while run.poll() is None and time.monotonic() < deadline and len(records(store)) == len(before):
                time.sleep(0.002)
            run.kill()
        wait_for_the_end(run.pid)
        assert store.problems() == []
        assert before.items() <= records(store).items()
    finished = {path: data for path, data in records(store).items() if b'"unverifiable"' not in data}
    last = subprocess.run(command, capture_output=True, text=True, check=False)
    assert last.returncode == 0, last.stderr
    assert finished.items() <= records(store).items()
    assert list(store.folder.rglob(".mir-*")) == []


def wait_for_the_end(group: int) -> None:
    """Wait until no process of the group is left."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    os.killpg(group, signal.SIGKILL)
    raise AssertionError("processes outlived the killed run")
