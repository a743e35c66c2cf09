"""Evidence through the command line: the same inputs give the same records, and an interrupt keeps what is there."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from registry.evidence import Store
from registry.evidence.compare import compare
from registry.evidence.record_schema import mistakes
from registry.verify.rescoring import rescore

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """Our own models that take seconds, and two families of torchvision's that are counted."""
    folder = tmp_path / "models"
    shutil.copytree(ROOT / "models", folder, ignore=shutil.ignore_patterns("evidence", "timm", "torchvision", "union*"))
    for card in ("googlenet.md", "mobilenetv2.md", "quantization-mobilenetv2.md", "segmentation-lraspp.md"):
        shutil.copy(ROOT / "models" / "torchvision" / card, folder)
    return folder


def verify(*arguments: object, folder: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "registry", "verify", *map(str, arguments), "--device", "cpu", "--format", "json"],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )


def test_the_same_inputs_give_the_same_evidence(models: Path, tmp_path: Path) -> None:
    first, second = Store(tmp_path / "first"), Store(models / "evidence")
    one = verify(models, "--evidence", first.folder, "--predictions", "--jobs", "2", PYTHONHASHSEED="1")
    two = verify("models", "--predictions", "--jobs", "1", folder=tmp_path, PYTHONHASHSEED="2")
    assert (one.returncode, two.returncode) == (0, 0), one.stderr + two.stderr
    before, after = ({record.name: record.found for record in store.entries()} for store in (first, second))
    assert len(before) >= 9
    assert before.keys() == after.keys()
    assert {change.kind for change in compare(before, after)} <= {"measured again"}
    for entry in (*first.entries(), *second.entries()):
        assert mistakes(entry.data) == []
        assert str(tmp_path) not in entry.file.read_text(encoding="utf-8")

    arrays, again_kept = (
        sorted(path.read_bytes() for path in store.folder.rglob("*.npz")) for store in (first, second)
    )
    assert arrays
    assert arrays == again_kept
    rescored = {
        comparison.evidence.claim.subject: (comparison.result, comparison.right, comparison.samples)
        for comparison in rescore(second)
        if comparison.evidence.claim.model == "digits-cnn"
    }
    assert rescored == {"top-1-accuracy": ("same", 351, 360), "top-5-accuracy": ("same", 360, 360)}

    records = {path: path.read_bytes() for path, _ in second.items()}
    again = verify("models", folder=tmp_path)
    assert json.loads(again.stdout) == json.loads(two.stdout)
    assert {path: path.read_bytes() for path, _ in second.items()} == records


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ")
def test_an_interrupt_leaves_a_summary_of_what_is_settled(models: Path) -> None:
    store = Store(models / "evidence")
    command = [sys.executable, "-m", "registry", "verify", str(models), "--device", "cpu", "--format", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        deadline = time.monotonic() + 60
        while run.poll() is None and time.monotonic() < deadline and not store.all():
            time.sleep(0.005)
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=60)
    assert "Traceback" not in err
    assert store.problems() == []
    # The signal may come between writing the records of a model and listing them.
    listed = sum(row["measured"] is not None for row in json.loads(out))
    assert len(store.all()) - 5 <= listed <= len(store.all())
    if run.returncode != 0:  # it may have been done before the signal came
        assert run.returncode == 130
        assert "interrupted" in err
