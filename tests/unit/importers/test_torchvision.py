"""Every weight of the installed torchvision is on a card, and every number is the library's own."""

from __future__ import annotations

import math
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from registry.claims import read_claims
from registry.importers import torchvision_cards as importer
from registry.loader import load
from registry.types import Index, Model, UsageError
from registry.verify.torchvision_ops import import_torchvision

MIB = 2**20
RATIOS = {
    "acc@1": "Top 1 Accuracy",
    "acc@5": "Top 5 Accuracy",
    "box_map": "box AP",
    "mask_map": "mask AP",
    "kp_map": "keypoint AP",
    "miou": "mIoU",
    "pixel_acc": "Pixel Accuracy",
    "fl_all": "Fl-all",
}
NUMBERS = {"epe": "End-Point Error", "per_image_epe": "End-Point Error per image"}


@pytest.fixture(scope="module")
def weights() -> dict[str, Any]:
    """Every weight by builder and name, from torchvision's own enumerations."""
    models = import_torchvision().models
    return {
        f"{name}.{weight.name}": weight for name in models.list_models() for weight in models.get_model_weights(name)
    }


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("cards")
    for card in importer.cards():
        (folder / card.file).write_text(card.text, encoding="utf-8")
    return load([folder])


def test_every_weight_is_on_one_card(weights: dict[str, Any], index: Index) -> None:
    names = [model.name for model in index.models]
    assert len(names) == len(set(names))
    assert set(names) == set(weights)
    assert not index.findings


def test_the_committed_cards_are_of_these_weights(weights: dict[str, Any]) -> None:
    folder = Path(__file__).resolve().parents[3] / "models" / "torchvision"
    from torchvision import __version__

    release = f"v{__version__.partition('+')[0]}"
    texts = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    if not all(release in text for text in texts.values()):
        pytest.skip(f"the committed cards are of another torchvision than {release}")
    assert texts == {card.file: card.text for card in importer.cards()}


def test_every_claim_is_the_librarys_number(weights: dict[str, Any], index: Index) -> None:
    for model in read_claims(index):
        meta = weights[model.model.name].meta
        claims = {(claim.dataset.name if claim.dataset else None, claim.label): claim for claim in model.claims}
        assert not model.unreadable
        expected: dict[tuple[str | None, str], Decimal] = {
            (None, "Parameters"): Decimal(meta["num_params"]),
            (None, "FLOPs"): Decimal(repr(meta["_ops"])) * 10**9,
            (None, "File Size"): Decimal(repr(meta["_file_size"])) * MIB,
        }
        for dataset, metrics in meta["_metrics"].items():
            for key, value in metrics.items():
                if not math.isnan(value):
                    name = importer._DATASETS.get(dataset, dataset)
                    number = Decimal(repr(value)) / (100 if key in RATIOS else 1)
                    expected[name, RATIOS.get(key) or NUMBERS[key]] = number
        assert {key: claim.reported.value for key, claim in claims.items()} == expected, model.model.name


def test_what_else_a_card_says_is_the_librarys(weights: dict[str, Any], index: Index) -> None:
    for model in index.models:
        weight = weights[model.name]
        assert model.get("Weights") == weight.url
        assert model.get("Config") == weight.meta["recipe"]
        assert model.get("Builder") == f"torchvision:{model.name}"
        assert model.get("Categories") == (len(weight.meta.get("categories") or ()) or None)
        assert model.get("Minimum Size") == "x".join(map(str, weight.meta["min_size"]))
        assert model.get("License") == weight.meta.get("license")
        _transform(model, weight.transforms())


def _transform(model: Model, transform: Any) -> None:
    for name in ("mean", "std"):
        if hasattr(transform, name):
            assert tuple(model.get(name.title())) == tuple(getattr(transform, name))
    crop = getattr(transform, "crop_size", None)
    if crop is not None:
        sides = [crop] if isinstance(crop, int) else list(crop)
        assert str(model.get("Image Size")) in ("x".join(map(str, sides)), str(sides[0]))


def test_torchvision_publishes_no_tables(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no tables of results"):
        importer.cards([tmp_path / "results-imagenet.csv"])
