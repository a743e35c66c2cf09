"""What a glance calls settled is what a run calls settled, and whatever needs more is left to the run."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from registry.config import Config, find_config
from registry.evidence import Store
from registry.evidence.beside import Totals
from registry.verify import glance as module
from registry.verify.glance import glance
from registry.verify.renew_basis import renew
from registry.verify.verification import prepare

MODELS = Path(__file__).parents[3] / "models"
CARDS = ("digits-cnn.md", "digits-cnn.safetensors", "alexnet.md", "torchvision/vgg.md", "torchvision/densenet.md")


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Cards of this registry with their evidence, all of it fresh."""
    folder = tmp_path_factory.mktemp("zoo") / "models"
    for name in CARDS:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(MODELS / name, folder / name)
    (folder / "evidence").mkdir()
    for name in ("digits-cnn-", "alexnet-9", "vgg1", "densenet"):
        for file in (MODELS / "evidence").glob(f"{name}*.json"):
            shutil.copy(file, folder / "evidence")
    list(prepare(folder, force=True, models=["digits-cnn"], evidence=folder / "evidence").run())
    list(prepare(folder, evidence=folder / "evidence").run())  # whatever today's code makes stale
    return folder


@pytest.fixture(autouse=True)
def _anything_is_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_WORTH_IT", 1)


@pytest.fixture
def zoo(settled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(settled, tmp_path / "models"))


def looked(folder: Path, config: Config | None = None) -> Totals | None:
    summary = glance(folder, Store(folder / "evidence"), config or find_config(folder))
    return None if summary is None else summary.totals


@pytest.mark.parametrize("processes", [1, 2])
def test_a_glance_says_what_a_run_says(zoo: Path, processes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "cores", lambda: processes)
    before = {path: path.read_bytes() for path in zoo.rglob("*.json")}
    verified = list(prepare(zoo, evidence=zoo / "evidence").settle())
    assert not any(result.tried for result in verified)
    expected = Totals.of(result.evidence for result in verified)
    totals = looked(zoo)
    assert totals is not None
    assert (totals.models, totals.counts, totals.reasons) == (expected.models, expected.counts, expected.reasons)
    assert totals.counts[False, "reproduced"] > 20
    assert before == {path: path.read_bytes() for path in zoo.rglob("*.json")}


def test_what_a_card_is_set_up_from_can_be_renewed(zoo: Path) -> None:
    assert not list(renew([zoo]))
    OPEN["another preparation"](zoo)
    assert looked(zoo) is None
    assert [result.claim.subject for result in renew([zoo])] == ["top-1-accuracy"]
    assert looked(zoo) is not None


def text(file: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        contents = (folder / file).read_text()
        assert old in contents
        (folder / file).write_text(contents.replace(old, new, 1))

    return change


def record(name: str, change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    """Change the record that begins with a name in the file of digits-cnn."""

    def write(folder: Path) -> None:
        (file,) = (folder / "evidence").glob("digits-cnn-*.json")
        contents = json.loads(file.read_text())
        change(next(entry for key, entry in contents["records"].items() if key.startswith(name)))
        file.write_text(json.dumps(contents))

    return write


def added(file: str, contents: str) -> Callable[[Path], None]:
    return lambda folder: (folder / file).write_text(contents) and None


def alexnet(folder: Path) -> Path:
    return next((folder / "evidence").glob("alexnet-9*.json"))


OPEN: dict[str, Callable[[Path], None]] = {
    "a number of the card changed": text("digits-cnn.md", "25866", "25867"),
    "a verdict was changed": record("parameters", lambda entry: entry.update(verdict="refuted")),
    "another count was written": record("parameters", lambda entry: entry["measurement"].update(value=25867)),
    "other code counted": record("parameters", lambda entry: entry["digests"].update(code="sha256:" + "0" * 64)),
    "other code evaluated": record("top-1", lambda entry: entry["digests"].update(code="sha256:" + "0" * 64)),
    "another preparation": record("top-1", lambda entry: entry["measurement"]["details"].update(basis="sha256:0")),
    "no basis": record("top-1", lambda entry: entry["measurement"]["details"].pop("basis")),
    "a record is gone": lambda folder: alexnet(folder).unlink(),
    "a record that is none": lambda folder: (
        next((folder / "evidence").glob("alexnet-9*.json")).write_text("{") and None
    ),
    "the weights are others": lambda folder: (folder / "digits-cnn.safetensors").write_bytes(b"0" * 100) and None,
    "a new file beside the card": added("preprocessor_config.json", "{}"),
    "a card that cannot be read": added("torchvision/broken.yml", "Models:\n- Name: [a\n"),
    "a model without a name": added("torchvision/new.yml", "Models:\n- Metadata: {Parameters: 5}\n"),
    "a number that is none": added("torchvision/new.yml", "Models:\n- Name: a\n  Metadata: {Parameters: many}\n"),
    "a claim that could be counted": added("torchvision/new.yml", "Models:\n- Name: a\n  Metadata: {Parameters: 5}\n"),
    "a collection of another card": added("torchvision/new.yml", "Models:\n- Name: a\n  In Collection: VGG\n"),
}


@pytest.mark.parametrize("change", OPEN.values(), ids=OPEN.keys())
def test_whatever_needs_more_is_left_to_a_run(zoo: Path, change: Callable[[Path], None]) -> None:
    change(zoo)
    assert looked(zoo) is None


def test_cards_that_lead_to_others_are_left_to_a_run(zoo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PARTS", 1000)
    assert looked(zoo) is not None
    added("torchvision/new.yml", "Import: [vgg.md]\n")(zoo)
    assert looked(zoo) is None


def test_what_asks_for_nothing_stays_settled(zoo: Path) -> None:
    added("torchvision/new.yml", "Models:\n- Name: a\n  Results: [{Task: T, Dataset: D, Metrics: {Odd: 5}}]\n")(zoo)
    assert looked(zoo) is not None


def test_data_in_a_folder_is_looked_at_by_a_run(zoo: Path) -> None:
    (zoo / "pyproject.toml").write_text('[tool.mir.datasets]\nimagenet = "imagenet"\n')
    assert looked(zoo, find_config(zoo)) is None


def test_torch_is_not_imported(zoo: Path) -> None:
    import subprocess
    import sys

    code = f"""
import sys
from pathlib import Path
from registry.config import Config, find_config
from registry.evidence import Store
from registry.verify import glance
glance._WORTH_IT = 1
folder = Path({str(zoo)!r})
assert glance.glance(folder, Store(folder / "evidence"), find_config(folder))
assert "torch" not in sys.modules and "sklearn" not in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", code], env=os.environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
