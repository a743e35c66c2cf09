"""Whatever a stranger's model does is said of that model, once and rightly; the others go on, and nothing is left."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]
SICK = ROOT / "tests" / "sick"

BUILT = {
    "hang": "it takes longer than the 12 seconds that it may take",
    "leave": "it asked to end its process (exit code 3)",
    "exit": "it ended its process (exit code 4)",
    "crash": "its process crashed: it used memory that is not its own (signal 11, SIGSEGV)",
    "memory": "it needs more memory than it may use",
    "odd": "Odd: as no library would",
}
RUN = BUILT
WELL = ["built-shout", "built-others", "run-shout", "run-fork"]


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


def verify(folder: Path, *options: str) -> tuple[dict[tuple[str, str], Any], str]:
    command = [sys.executable, "-m", "registry", "verify", str(folder), "--format", "json", "--time-limit", "12"]
    command += options
    paths = os.pathsep.join([str(SICK), str(ROOT)])
    environment = {**os.environ, "PYTHONPATH": paths, "MIR_CACHE": str(folder / "cache")}
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=500)
    assert ran.returncode in (0, 1), ran.stderr
    assert "Traceback" not in ran.stderr
    return {(each["model"], each["subject"]): each for each in json.loads(ran.stdout)}, ran.stderr


ALL = [
    *("built-hang", "built-exit", "run-hang", "run-leave", "run-crash", "run-memory", "run-odd"),
    *("built-others", "run-shout", "run-fork", "nan", "nan-for-some"),
]
SOME = ["built-leave", "built-crash", "run-exit", "run-shout"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("names", "options"),
    [(ALL, ()), (SOME, ("--engine", "process")), (SOME, ("--engine", "ray"))],
    ids=["by default", "in processes", "on Ray"],
)
@pytest.mark.xdist_group("ray")
@pytest.mark.timeout(900)
def test_what_a_sick_model_does_is_said_of_it_alone(names: list[str], options: tuple[str, ...], tmp_path: Path) -> None:
    write_cards(tmp_path, names)
    found, _ = verify(tmp_path, *options)
    subjects = ("parameters", "flops", "top-1-accuracy")
    assert found.keys() == {(name, subject) for name in (*names, "import", "fine") for subject in subjects}

    def said(name: str, subject: str) -> tuple[str, str]:
        each = found[name, subject]
        return each["verdict"], each["reason"]

    for name in {"fine", *WELL} & {*names, "fine"}:
        assert [said(name, subject)[0] for subject in subjects] == ["reproduced"] * 3, name
    for what, reason in BUILT.items():
        # Its parameters stand in the weights' header, whoever can build it.
        for subject in ("flops", "top-1-accuracy") if f"built-{what}" in names else ():
            verdict, why = said(f"built-{what}", subject)
            assert verdict in ("error", "unverifiable")
            assert why.count(reason) == 1, (what, subject, why)
            assert "tried" not in why
    for what, reason in RUN.items():
        if f"run-{what}" not in names:
            continue
        assert said(f"run-{what}", "parameters")[0] == "reproduced"
        for subject in ("flops", "top-1-accuracy"):
            verdict, why = said(f"run-{what}", subject)
            assert verdict in ("error", "unverifiable")
            assert why.count(reason) == 1, (what, subject, why)
            assert "tried" not in why
    imported = "the plug-in 'sick-import' of sick 1.0 cannot be imported: it ended its process (exit code 7)"
    assert [said("import", subject)[1] for subject in ("flops", "top-1-accuracy")] == [imported] * 2
    if "nan" in names:
        verdict, why = said("nan", "top-1-accuracy")
        assert (verdict, "with NaN, which is no number" in why) == ("error", True)
        verdict, why = said("nan-for-some", "top-1-accuracy")
        assert verdict == "refuted"
        assert "of 360 answers are NaN, which is no number, and count as wrong" in why
    assert not [each for each in psutil.process_iter(["cmdline"]) if each.info["cmdline"] == ["sleep", "613"]]


def test_what_a_model_prints_in_this_process_is_not_on_standard_output(tmp_path: Path) -> None:
    write_cards(tmp_path, ["built-shout", "run-shout"])
    found, err = verify(tmp_path, "--engine", "local")
    assert found["run-shout", "top-1-accuracy"]["verdict"] == "reproduced"
    assert "not" in err
