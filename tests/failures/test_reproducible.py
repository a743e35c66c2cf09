"""The same inputs give the same evidence, but for time and machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from registry.evidence import Store

ROOT = Path(__file__).resolve().parents[2]

THERE = {
    "PYTHONHASHSEED": "1",
    "TZ": "Asia/Kathmandu",
    "LC_ALL": "tr_TR.UTF-8",
    "OMP_NUM_THREADS": "2",
    "COLUMNS": "200",
}


def result(record: dict[str, Any]) -> dict[str, Any]:
    """A record without when and where it was made, and how long that took."""
    del record["time"], record["environment"]
    (record["measurement"] or {"details": {}})["details"].pop("speed", None)
    return record


def cards(folder: Path) -> Path:
    """Three cards in a folder of this name."""
    models = folder / "models"
    models.mkdir(parents=True)
    (folder / ".git").mkdir()
    for name in ("digits-cnn.md", "digits-cnn.safetensors", "alexnet.md"):
        shutil.copy(ROOT / "models" / name, models)
    card = (ROOT / "models" / "digits-cnn.md").read_text()
    (models / "wrong.md").write_text(card.replace("Name: digits-cnn", "Name: wrong").replace("25866", "25867"))
    return models


def results(models: Path) -> dict[str, dict[str, Any]]:
    """The records of the cards in a folder, by their names."""
    store = Store(models / "evidence")
    assert store.problems() == []
    return {entry.name: result(entry.data) for entry in store.entries()}


def test_the_same_inputs_give_the_same_evidence(warm: Any, tmp_path: Path) -> None:
    """In another folder, order, process, locale and time zone, under another seed of Python's hashes."""
    one, other = cards(tmp_path / "one"), cards(tmp_path / "a longer name")
    names = ["alexnet.md", "digits-cnn.md", "wrong.md"]
    cache = {"MIR_CACHE": str(tmp_path / "cache")}
    warm.run("verify", *names, "--engine", "local", "--device", "cpu", folder=str(one), environment=cache)
    subprocess.run(
        [sys.executable, "-m", "registry", "verify", *names[::-1], "--device", "cpu", "--engine", "local"],
        cwd=other,
        env={**os.environ, "PYTHONPATH": str(ROOT), "MIR_CACHE": str(tmp_path / "other cache"), **THERE},
        capture_output=True,
        check=False,
    )
    first = results(one)
    assert len(first) == 12
    assert {record["verdict"] for record in first.values()} == {"reproduced", "refuted"}
    assert results(other) == first


def test_a_fresh_clone_passes_its_own_check(tmp_path: Path) -> None:
    """Of what is committed: the evidence that came with it must hold for the cards and the code that came with it."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("this is no clone, so that there is nothing to clone")
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", "--depth", "1", ROOT.as_uri(), clone], check=True)
    check = subprocess.run(
        [sys.executable, "-m", "registry", "evidence", "check", "models"],
        cwd=clone,
        env={**os.environ, "PYTHONPATH": str(clone)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (check.returncode, check.stderr) == (0, ""), check.stdout[-2000:]
    assert " records: " in check.stdout
