"""Every "Load it" of the published zoo is run: without its weights, which are those that a model of this kind has."""

from pathlib import Path

import pytest

pytest.importorskip("torch")

import torch
from torch import nn

from registry.loader import load
from registry.publish import snippets
from registry.publish.catalog import catalog
from registry.verify.torchvision_ops import import_torchvision

torchvision = import_torchvision()

ZOO = Path(__file__).resolve().parents[3] / "models" / "torchvision"


class _OwnState(dict):
    """Stands for weights that fit whatever takes them."""


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> list[nn.Module]:
    """No weights are fetched; the modules that were given theirs are kept."""
    filled: list[nn.Module] = []

    def fill(module: nn.Module, state: dict, *args: object, **options: object) -> None:
        assert isinstance(state, _OwnState)
        filled.append(module)

    monkeypatch.setattr(torchvision.models.WeightsEnum, "get_state_dict", lambda self, *a, **k: _OwnState())
    monkeypatch.setattr(nn.Module, "load_state_dict", fill)
    for name in dir(nn.init):  # what is drawn at random is replaced anyway, and takes a minute for the largest
        if name.endswith("_") and not name.startswith("_"):
            monkeypatch.setattr(nn.init, name, lambda tensor, *args, **options: tensor)
    return filled


ENTRIES = catalog(load([ZOO]), (), ()).entries


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_the_snippet_builds_the_model_with_its_own_weights_and_transforms(entry, offline):
    code = snippets.load(entry)
    assert code is not None
    made: dict = {}
    device = "cpu" if entry.name.startswith("quantized_") else "meta"
    with torch.device(device), torch.no_grad():
        try:
            exec(code, made)
        except (NotImplementedError, RuntimeError) as error:
            if "meta" not in str(error):
                raise
            made = {}
            offline.clear()
            with torch.device("cpu"):  # some compute in their constructors
                exec(code, made)
    assert offline == [made["model"]]
    assert not made["model"].training
    assert callable(made["preprocess"])
    claimed = next((shown.claim for shown in entry.claims if shown.claim.subject == "parameters"), None)
    if claimed is not None and device == "meta":
        assert sum(p.numel() for p in made["model"].parameters()) == claimed.reported.value
