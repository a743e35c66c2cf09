"""A package that brings a task, a data set and a builder, through every command that touches them; and broken ones."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from sklearn.datasets import load_iris
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.metrics import balanced_accuracy_score

ROOT = Path(__file__).resolve().parents[2]

BROKEN = {
    "task": "raise RuntimeError('the task is broken\\nin two lines')",
    "dataset": "import no_such_package",
    "builder": "import sys; sys.exit(3)",
    "operators": "import torch\nNMS, NONE = torch.ops.torchvision.nms, torch.ops.torchvision.no_such_operator",
}
"""Sources of modules that cannot be imported; the builder of irises needs torchvision's operators, and can."""

REASONS = {
    "bad-builder": "the plug-in 'bad' of bad 1 cannot be imported: it asked to end its process (exit code 3)",
    "bad-operators": "the plug-in 'bad-operators' of bad 1 cannot be imported: AttributeError",
    "bad-dataset": "the plug-in 'bad-data' of bad 1 cannot be imported: ModuleNotFoundError",
    "bad-task": "the plug-in 'bad-task' of bad 1 cannot be imported: RuntimeError: the task is broken",
}


@pytest.fixture(scope="module")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the package of `tests/plugin` is installed in."""
    folder = tmp_path_factory.mktemp("plugin")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT / "tests" / "plugin", check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that a package of broken plug-ins is installed in."""
    folder = tmp_path_factory.mktemp("broken")
    info = folder / "bad-1.dist-info"
    info.mkdir()
    for name, source in BROKEN.items():
        (folder / f"bad_{name}.py").write_text(f"{source}\n", encoding="utf-8")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: bad\nVersion: 1\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(
        "[mir.tasks]\nbad-task = bad_task:TASK\n[mir.datasets]\nbad-data = bad_dataset:READER\n"
        "[mir.builders]\nbad = bad_builder:BUILDERS\nbad-operators = bad_operators:BUILDERS\n",
        encoding="utf-8",
    )
    return folder


@pytest.fixture(scope="module")
def weights() -> tuple[dict[str, torch.Tensor], float]:
    """Weights that classify irises, and their mean class accuracy as scikit-learn takes it."""
    irises = load_iris()
    fitted = LinearDiscriminantAnalysis().fit(irises.data, irises.target)
    slope, start = torch.tensor(fitted.coef_), torch.tensor(fitted.intercept_)
    rest, both = torch.zeros(32 - 6, 4), torch.cat([torch.eye(3), -torch.eye(3), torch.zeros(26, 3)])
    # A ReLU of a number less one of its opposite is that number.
    tensors = {
        "layers.0.weight": torch.cat([slope, -slope, rest]).float(),
        "layers.0.bias": torch.cat([start, -start, rest[:, 0]]).float(),
        "layers.3.weight": both.T.contiguous(),
        "layers.3.bias": torch.zeros(3),
    }
    return tensors, float(balanced_accuracy_score(irises.target, fitted.predict(irises.data)))


def cards(folder: Path, weights: tuple[dict[str, torch.Tensor], float]) -> Path:
    tensors, expected = weights
    folder.mkdir(parents=True, exist_ok=True)
    save_file(tensors, folder / "iris.safetensors")
    (folder / "iris.md").write_text(
        "<!--\nType: model-index\nModels:\n- Name: iris-mlp\n  Builder: iris:mlp\n  Weights: iris.safetensors\n"
        "  Metadata:\n    Parameters: 259\n  Results:\n  - Task: Tabular Classification\n    Dataset: Iris\n"
        f"    Metrics:\n      Mean Class Accuracy: {expected:.2%}\n      Top 1 Accuracy: 12%\n-->\n",
        encoding="utf-8",
    )
    return folder


def cards_of_broken(folder: Path) -> None:
    """Models of each plug-in that is broken."""
    results = "  Results:\n  - {{Task: Tabular Classification, Dataset: {}, Metrics: {{{}: 50%}}}}\n"
    weights = "  Weights: iris.safetensors\n"
    (folder / "bad.md").write_text(
        "<!--\nType: model-index\nModels:\n"
        f"- Name: bad-builder\n  Builder: bad:net\n{weights}{results.format('Iris', 'Top 1 Accuracy')}"
        f"- Name: bad-operators\n  Builder: bad-operators:net\n{weights}{results.format('Iris', 'Top 1 Accuracy')}"
        f"- Name: bad-dataset\n  Builder: iris:mlp\n{weights}{results.format('Bad Data', 'Top 1 Accuracy')}"
        f"- Name: bad-task\n  Builder: iris:mlp\n{weights}{results.format('Iris', 'Badness')}"
        "-->\n",
        encoding="utf-8",
    )


def mir(*arguments: object, plugins: Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join([str(plugins), str(ROOT)])
    environment = {**os.environ, "PYTHONPATH": paths, "MIR_CACHE": str(cwd / "cache"), "NO_COLOR": "1"}
    command = [sys.executable, "-m", "registry", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=240)


def another_release_is_measured_again(plugin: Path, folder: Path, tmp_path: Path) -> None:
    record = json.loads(next((tmp_path / "models" / "evidence").glob("iris*.json")).read_text(encoding="utf-8"))
    assert json.dumps(record).count('"mir-iris": "1.0"') >= 1
    changed = tmp_path / "changed"
    shutil.copytree(plugin, changed)
    task = changed / "mir_iris" / "task.py"
    task.write_text(task.read_text(encoding="utf-8") + "\nOTHER = 1\n", encoding="utf-8")
    checked = mir("evidence", "check", folder, "--format", "json", plugins=changed, cwd=tmp_path)
    states = {state["subject"]: state for state in json.loads(checked.stdout)}
    assert {name: state["state"] for name, state in states.items()} == dict.fromkeys(states, "stale")
    assert "plug-ins changed" in states["parameters"]["reasons"][0]


@pytest.mark.parametrize("engine", ["local", "process", pytest.param("ray", marks=[pytest.mark.slow])])
def test_a_plugged_in_task_goes_all_the_way(
    plugin: Path, broken: Path, weights: tuple[dict[str, torch.Tensor], float], tmp_path: Path, engine: str
) -> None:
    folder = cards(tmp_path / "models", weights)
    cards_of_broken(folder)
    both = Path(os.pathsep.join([str(plugin), str(broken)]))
    run = mir("verify", folder, "--engine", engine, "--predictions", "--format", "json", plugins=both, cwd=tmp_path)
    assert run.returncode == 1, run.stderr
    assert "Traceback" not in run.stderr
    claims = json.loads(run.stdout)
    reasons = {row["model"]: row["reason"] for row in claims if row["verdict"] == "unverifiable"}
    assert reasons.keys() == REASONS.keys()
    assert {model: reason for model, reason in reasons.items() if REASONS[model] not in reason or "\n" in reason} == {}
    (folder / "bad.md").unlink()
    rows = {row["subject"]: row for row in claims if row["model"] == "iris-mlp"}
    assert {name: row["verdict"] for name, row in rows.items()} == {
        "parameters": "reproduced",
        "mean-class-accuracy": "reproduced",
        "top-1-accuracy": "refuted",
    }
    measured = rows["mean-class-accuracy"]
    assert (measured["measured"], measured["samples"]) == (pytest.approx(weights[1], abs=1e-9), 150)
    again = mir("rescore", folder, plugins=plugin, cwd=tmp_path)
    assert again.returncode == 0, again.stdout
    assert f"(over 150 samples), the card says {weights[1]:.2%}: same" in again.stdout
    checked = mir("evidence", "check", folder, plugins=plugin, cwd=tmp_path)
    assert checked.returncode == 0, checked.stdout
    if engine == "local":
        another_release_is_measured_again(plugin, folder, tmp_path)
    site = mir("site", "build", "--out", tmp_path / "site", plugins=plugin, cwd=tmp_path)
    assert site.returncode == 0, site.stderr
    pages = [page.read_text(encoding="utf-8") for page in (tmp_path / "site").rglob("*.html")]
    assert any("Mean Class Accuracy" in page and f"{weights[1]:.2%}" in page for page in pages)
