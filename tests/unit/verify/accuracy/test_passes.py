"""Models that share data share the reading of it; other tasks than classification go the same way."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from registry.claims import read_claims
from registry.evidence import Store
from registry.loader import load
from registry.verify.accuracy import EvaluationOptions, verify_accuracy
from registry.verify.accuracy import evaluate_models as accuracy_verify
from registry.verify.builders import own
from registry.verify.builders.package import Builder
from registry.verify.datasets.class_folders import ImageFolder
from registry.verify.outcome import Outcome
from registry.verify.predictions import load as load_predictions
from registry.verify.target import Preprocessing
from registry.verify.tasks import Segmentation

RAW = Preprocessing(mean=(0.0,) * 3, std=(1.0,) * 3)


class Redness(nn.Module):
    """Tells red pictures from blue ones, up to a bias that is its weight."""

    def __init__(self) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(1))

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        red = (pictures[:, 0] - pictures[:, 2]).mean((1, 2)) + self.bias
        return torch.stack([-red, red], 1)


class Halves(nn.Module):
    """Calls a pixel 1 where it is brighter than its weight, in half the picture's resolution."""

    def __init__(self) -> None:
        super().__init__()
        self.level = nn.Parameter(torch.tensor([0.5]))

    def forward(self, pictures: torch.Tensor) -> dict[str, torch.Tensor]:
        bright = nn.functional.avg_pool2d(pictures.mean(1, keepdim=True), 2) - self.level
        return {"out": torch.cat([-bright, bright], 1)}


def verify(folder: Path, models: str, **options: object) -> list[Outcome]:
    card = folder / "card.md"
    card.write_text(f"<!--\nType: model-index\nModels:\n{models}-->\n", encoding="utf-8")
    settings = {"cache": folder / "cache", "device": "cpu"} | options
    return list(verify_accuracy(read_claims(load([card])), EvaluationOptions(**settings)))  # type: ignore[arg-type]


def test_eight_models_read_each_picture_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(0)
    for number in range(30):
        file = tmp_path / "set" / ("blue", "red")[number % 2] / f"{number}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        tone = random.normal(4.0 if number % 2 else -4.0, 4.0)
        pixels = np.full((6, 6, 3), 128.0) + np.array([tone, 0, -tone])
        Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(file)
    monkeypatch.setitem(own.BUILDERS, "redness", Builder(build=Redness, preprocessing=Preprocessing(resize=6, crop=6)))
    read: list[int] = []
    sample = ImageFolder.sample
    monkeypatch.setattr(ImageFolder, "sample", lambda self, index: read.append(index) or sample(self, index))
    cards = ""
    for number in range(8):
        torch.save({"bias": torch.tensor([number / 50])}, tmp_path / f"{number}.pth")
        cards += (
            f"- Name: m{number}\n  Builder: registry:redness\n  Weights: {number}.pth\n  Results:\n"
            "  - Task: Image Classification\n    Dataset: Set\n    Metrics:\n      Accuracy: 50%\n"
        )
    outcomes = verify(tmp_path, cards, data={"set": tmp_path / "set"})
    assert sorted(read) == list(range(30))
    values = [outcome.measurement.value for outcome in outcomes if outcome.measurement]
    assert len(values) == 8
    assert len(set(values)) > 2
    again = verify(tmp_path, cards, data={"set": tmp_path / "set"})
    assert len(read) == 30, "the prepared samples are used"
    assert [outcome.measurement.value for outcome in again if outcome.measurement] == values


@pytest.mark.parametrize("claimed", ["{:.2%}", "12%"])
def test_mean_iou(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, claimed: str) -> None:
    random = np.random.default_rng(0)
    agreed, joined = np.zeros(2), np.zeros(2)
    for number in range(12):
        size = (16, 20 + 4 * (number % 3), 3)
        pixels = (random.random((size[0] // 4, size[1] // 4)) > 0.5).repeat(4, 0).repeat(4, 1)
        right = pixels.copy()
        right[:2, :3] = ~right[:2, :3]
        mask = right.astype(np.uint8)
        mask[-1] = 255
        for folder, array in (("images", np.where(pixels, 220, 30)[..., None].repeat(3, 2)), ("masks", mask)):
            file = tmp_path / "scenes" / folder / f"{number}.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(array.astype(np.uint8)).save(file)
        for label in range(2):
            counted = mask != 255
            agreed[label] += ((pixels == label) & (mask == label) & counted).sum()
            joined[label] += (((pixels == label) | (mask == label)) & counted).sum()
    expected = float((agreed / joined).mean())
    monkeypatch.setitem(own.BUILDERS, "halves", Builder(build=Halves, preprocessing=RAW))
    torch.save(Halves().state_dict(), tmp_path / "halves.pth")
    (outcome,) = verify(
        tmp_path,
        "- Name: halves\n  Builder: registry:halves\n  Weights: halves.pth\n  Results:\n"
        "  - Task: Semantic Segmentation\n    Dataset: Scenes\n    Metrics:\n"
        f"      mIoU: {claimed.format(expected)}\n",
        data={"scenes": tmp_path / "scenes"},
        predictions=Store(tmp_path / "evidence"),
    )
    assert outcome.measurement is not None, outcome.reason
    assert outcome.measurement.value == pytest.approx(expected, abs=1e-9)
    stored_predictions = load_predictions(tmp_path / "evidence" / outcome.measurement.details["predictions"]["file"])
    assert Segmentation().score(stored_predictions, "mean-iou").value == outcome.measurement.value
    assert stored_predictions.samples[0] == "images/0.png"
    assert outcome.measurement.samples == 12
    assert outcome.verdict == ("refuted" if claimed == "12%" else "reproduced")


def test_a_model_that_cannot_be_tried_does_not_end_the_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyError("a model is foreign code")

    monkeypatch.setattr(accuracy_verify, "find_layout", fail)
    monkeypatch.setattr(accuracy_verify, "input_shape", lambda *_: (3, 8, 8))
    entry: Any = MagicMock()
    assert accuracy_verify._batch_size([entry], [torch.device("cuda")], EvaluationOptions()) == 32
