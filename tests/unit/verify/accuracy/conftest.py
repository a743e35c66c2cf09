"""A model whose accuracy depends on how pictures are prepared: it reads the class off their grain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import nn

from registry.claims import read_claims
from registry.loader import load
from registry.verify.accuracy import EvaluationOptions, verify_accuracy
from registry.verify.builders import own
from registry.verify.builders.package import Builder
from registry.verify.geometry import Geometry
from registry.verify.outcome import Outcome
from registry.verify.preprocessing import normalise
from registry.verify.target import Preprocessing

CLASSES = 6
EACH = 60  # fewer than 330 pictures in all are too few for a verdict


class Grain(nn.Module):
    """Answers with the class whose usual contrast and mean redness are nearest to the picture's."""

    def __init__(self) -> None:
        super().__init__()
        self.centres = nn.Parameter(torch.zeros(CLASSES, 2))

    @staticmethod
    def features(pictures: torch.Tensor) -> torch.Tensor:
        return torch.stack([pictures.std((1, 2, 3)).log(), (pictures[:, 0] - pictures[:, 2]).mean((1, 2))], 1)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        return -(self.features(pictures)[:, None] - self.centres).square().sum(2)


@dataclass
class World:
    """Pictures in `folder`, and a card of a model that was fitted under `made_under`."""

    folder: Path
    accuracy: dict[str, float]
    calls: list[Any] = field(default_factory=list)

    def verify(
        self,
        *,
        metrics: str,
        metadata: Sequence[str] = (),
        builder: str = "registry:grain",
        weights: str = "grain.safetensors",
        **options: Any,
    ) -> list[Outcome]:
        lines = "".join(f"    {line}\n" for line in metadata)
        card = self.folder / "card.md"
        card.write_text(
            f"<!--\nType: model-index\nModels:\n- Name: grain\n  Builder: {builder}\n"
            f"  Weights: {weights}\n  Metadata:\n    Batch Size: 1\n" + lines + "  Results:\n"
            "  - Task: Image Classification\n    Dataset: grain\n    Metrics:\n" + metrics + "-->\n",
            encoding="utf-8",
        )
        options = {"data": {"grain": self.folder / "grain"}, "cache": self.folder / "cache", "device": "cpu"} | options
        return list(verify_accuracy(read_claims(load([card])), EvaluationOptions(**options)))


BICUBIC = Preprocessing(resize=24, crop=20, interpolation="bicubic")


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures") / "grain"
    random = np.random.default_rng(0)
    for label in range(CLASSES):
        for number in range(EACH):
            file = folder / f"class {label}" / f"{number:03d}.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            noise = 128 + random.normal(size=(60, 66, 3)) * 12 * 1.22**label + [label % 2, 0, -(label % 2)]
            Image.fromarray(noise.clip(0, 255).astype(np.uint8)).save(file)
    return folder


@pytest.fixture
def fitted() -> type[Grain]:
    """The class of the model, for tests that save it in other ways."""
    return Grain


@pytest.fixture
def make_world(tmp_path: Path, pictures: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., World]:
    def make(made_under: Preprocessing = BICUBIC, registered: Preprocessing = BICUBIC, **options: Any) -> World:
        (tmp_path / "grain").symlink_to(pictures)
        builder = Builder(build=Grain, input_size=(3, 20, 20), preprocessing=registered, **options)
        monkeypatch.setitem(own.BUILDERS, "grain", builder)
        features, labels = _features(pictures, made_under)
        model = Grain()
        model.centres.data = torch.stack([features[labels == label].mean(0) for label in range(CLASSES)])
        save_file(model.state_dict(), tmp_path / "grain.safetensors")
        with torch.inference_mode():
            right = (-torch.cdist(features, model.centres)).argmax(1) == labels
        return World(folder=tmp_path, accuracy={"right": int(right.sum()), "all": len(labels)})

    return make


def _features(folder: Path, preprocessing: Preprocessing) -> tuple[torch.Tensor, torch.Tensor]:
    geometry, pixels, labels = Geometry.of(preprocessing), [], []
    for label in range(CLASSES):
        for file in sorted((folder / f"class {label}").iterdir()):
            pixels.append(torch.tensor(geometry.apply(Image.open(file))).movedim(-1, 0))
            labels.append(label)
    return Grain.features(normalise(torch.stack(pixels), preprocessing)), torch.tensor(labels)
