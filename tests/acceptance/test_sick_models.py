"""Whatever a stranger's model does is said of that model, once and rightly; the others go on, and nothing is left."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from registry.claims import read_claims
from registry.evidence import Store
from registry.loader import load
from registry.types import Evidence, Measurement
from registry.verify.predictions import KeptPredictions, save

ROOT = Path(__file__).resolve().parents[2]
SICK = ROOT / "tests" / "sick"

ENDS = {
    "leave": "it asked to end its process (exit code 3)",
    "exit": "it ended its process (exit code 4)",
    "crash": "its process crashed: it used memory that is not its own (signal 11, SIGSEGV)",
    "memory": "it needs more memory than it may use",
    "odd": "Odd: as no library would",
    "scribble": "it wrote to the pipe of its process, where only answers belong",
}
WELL = ["built-doubles", "built-shout", "built-others", "run-shout", "run-fork"]


def write_cards(folder: Path, names: list[str]) -> None:
    shutil.copy(ROOT / "models" / "digits-cnn.safetensors", folder)
    entry = """
- Name: {name}
  Builder: {builder}
  Weights: digits-cnn.safetensors
  Metadata: {{Parameters: 25866, FLOPs: 1203200}}
  Results:
    Task: Image Classification
    Dataset: scikit-learn digits (samples 1437-1796)
    Metrics: {{Top 1 Accuracy: 97.50%}}
"""
    builders = {name: f"sick:{name}" for name in names} | {"import": "sick-import:net", "fine": "registry:digits-cnn"}
    entries = "".join(entry.format(name=name, builder=builder) for name, builder in builders.items())
    (folder / "model-index.yml").write_text(f"Models:{entries}", encoding="utf-8")


def mir(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join([str(SICK), str(ROOT)])
    environment = {**os.environ, "PYTHONPATH": paths, "MIR_CACHE": str(folder / "cache")}
    command = (sys.executable, "-m", "registry", *command)
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=500
    )


def verify(folder: Path, *options: str, seconds: int = 60) -> tuple[dict[tuple[str, str], Any], str]:
    ran = mir(folder, "verify", str(folder), "--format", "json", "--time-limit", str(seconds), *options)
    assert ran.returncode in (0, 1), ran.stderr
    assert "Traceback" not in ran.stderr
    return {(row["model"], row["subject"]): row for row in json.loads(ran.stdout)}, ran.stderr


def assert_said_once(rows: dict[tuple[str, str], Any], name: str, reason: str) -> None:
    # Its parameters stand in the weights' header, whoever can build it.
    for subject in ("flops", "top-1-accuracy"):
        row = rows[name, subject]
        assert row["verdict"] in ("error", "unverifiable")
        assert row["reason"].count(reason) == 1, (name, subject, row["reason"])
        assert "tried" not in row["reason"]


ALL = [
    *("built-doubles", "built-exit", "run-leave", "run-crash", "run-memory", "run-odd", "run-scribble"),
    *("built-others", "run-shout", "run-fork", "nan", "nan-for-some"),
]
SOME = ["built-leave", "built-crash", "run-exit", "run-shout", "run-kill"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("names", "options"),
    [(ALL, ()), (SOME, ("--engine", "process")), (SOME, ("--engine", "ray"))],
    ids=["by default", "in processes", "on Ray"],
)
@pytest.mark.timeout(900)
def test_what_a_sick_model_does_is_said_of_it_alone(
    names: list[str], options: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_cards(tmp_path, names)
    monkeypatch.setenv("SICK_TAKES", "exit")  # a task that ends whoever asks it takes nothing from the others
    rows, _ = verify(tmp_path, *options)
    subjects = ("parameters", "flops", "top-1-accuracy")
    assert rows.keys() == {(name, subject) for name in (*names, "import", "fine") for subject in subjects}

    def said(name: str, subject: str) -> tuple[str, str]:
        row = rows[name, subject]
        return row["verdict"], row["reason"]

    for name in {"fine", *WELL} & {*names, "fine"}:
        all_said = [said(name, subject) for subject in subjects]
        assert [verdict for verdict, _ in all_said] == ["reproduced"] * 3, (name, all_said)
    for end, reason in ENDS.items():
        for moment in ("built", "run"):
            if f"{moment}-{end}" in names:
                assert_said_once(rows, f"{moment}-{end}", reason)
        if f"run-{end}" in names:
            assert said(f"run-{end}", "parameters")[0] == "reproduced"
    if "run-kill" in names:
        killed = "tried 3 times: its process was killed, and the one above it"
        verdict, why = said("run-kill", "top-1-accuracy")
        assert (verdict, why.startswith(killed)) == ("error", True)
    imported = "the plug-in 'sick-import' of sick 1.0 cannot be imported: it ended its process (exit code 7)"
    assert [said("import", subject)[1] for subject in ("flops", "top-1-accuracy")] == [imported] * 2
    if "nan" in names:
        verdict, why = said("nan", "top-1-accuracy")
        assert (verdict, "with NaN, which is no number" in why) == ("error", True)
        verdict, why = said("nan-for-some", "top-1-accuracy")
        assert verdict == "refuted"
        assert "of 360 answers are NaN, which is no number, and count as wrong" in why
    assert not [process for process in psutil.process_iter(["cmdline"]) if process.info["cmdline"] == ["sleep", "613"]]


@pytest.mark.slow
def test_a_model_that_hangs_is_stopped_at_its_limit_and_told_as_that(tmp_path: Path) -> None:
    write_cards(tmp_path, ["built-hang", "run-hang"])
    rows, _ = verify(tmp_path, seconds=4)
    for name in ("built-hang", "run-hang"):
        assert_said_once(rows, name, "it takes longer than the 4 seconds that it may take")
    assert rows["run-hang", "parameters"]["verdict"] == "reproduced"


def test_what_a_model_prints_in_this_process_is_not_on_standard_output(tmp_path: Path) -> None:
    write_cards(tmp_path, ["built-shout", "run-shout"])
    rows, err = verify(tmp_path, "--engine", "local")
    assert rows["run-shout", "top-1-accuracy"]["verdict"] == "reproduced"
    assert "not" in err


def test_scoring_that_ends_its_process_ends_neither_rescore_nor_the_check_of_evidence(tmp_path: Path) -> None:
    predictions = KeptPredictions(
        task="sick-score", model="m", dataset="d", samples=np.array(["a", "b"]), arrays={"labels": np.arange(2)}
    )
    digest = save(tmp_path / "evidence" / "m" / "kept.npz", predictions)
    ran = mir(tmp_path, "rescore", "evidence/m/kept.npz", "--format", "json")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "the task 'sick-score' fails: it ended its process (exit code 5)" in ran.stderr
    (tmp_path / "model-index.yml").write_text(
        "Models:\n- Name: m\n  Results:\n    Task: Sick\n    Dataset: d\n    Metrics: {Sickness: 1}\n", encoding="utf-8"
    )
    store = Store(tmp_path / "evidence")
    ((claim,),) = [model.claims for model in read_claims(load([tmp_path]))]
    measured = Measurement(
        value=1.0,
        method="evaluate",
        samples=2,
        interval=(1.0, 1.0),
        details={"predictions": {"file": "m/kept.npz", "digest": digest}},
    )
    time = "2026-01-01T00:00:00Z"
    store.write(Evidence(claim=claim, verdict="unverifiable", measurement=measured, reason="", time=time))
    for command in (["rescore", "evidence"], ["evidence", "check", str(tmp_path)]):
        ran = mir(tmp_path, *command)
        assert ran.returncode == 1, ran.stderr
        assert "the task 'sick-score' fails: it ended its process (exit code 5)" in ran.stdout
