"""How often `mir verify --diagnose` names the cause that was planted: `python tests/bench/bench_diagnose.py MNIST`.

`MNIST` is a folder with MNIST's four uncompressed files. A small network is trained on coloured digits, which are drawn
larger than its input, so that every kind of preprocessing changes something. Each usual cause is planted once: the
claim is what the network scores under it, to two decimals, and the measurement is made without it. Then numbers that no
cause explains are claimed, up to three points off.
"""

from __future__ import annotations

import random
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from registry.types import Claim, Location, Quantity
from registry.verify.accuracy.causes import Cause, causes
from registry.verify.accuracy.diagnosis import SAMPLE, Attempt, chance_of_hit, nearest_cause
from registry.verify.accuracy.outcomes import judge
from registry.verify.accuracy.quick import draw
from registry.verify.datasets import Arrays
from registry.verify.evaluation.feed import Feeding
from registry.verify.evaluation.gatherer import Gatherer
from registry.verify.evaluation.runner import Runner
from registry.verify.evaluation.session import Contestant, run
from registry.verify.geometry import Geometry
from registry.verify.model_inputs import PictureInputs
from registry.verify.preprocessing import normalise
from registry.verify.target import Preprocessing
from registry.verify.tasks import Classification, Score
from registry.verify.tasks.classification import relabelled

USED = Preprocessing(resize=32, crop=28)
RANDOM = 2000
CLASSES = tuple(f"digit {number}" for number in range(1, 11))


def pictures(folder: Path, part: str, count: int) -> Arrays:
    """Digits in a colour of their own on another, 48 pixels wide; the colour says a little of the class."""
    pixels = np.fromfile(folder / f"{part}-images-idx3-ubyte", np.uint8)[16:].reshape(-1, 28, 28)[:count]
    labels = np.fromfile(folder / f"{part}-labels-idx1-ubyte", np.uint8)[8:][:count].astype(np.int64)
    noise = np.random.default_rng(len(part))
    ink = noise.integers(90, 256, (count, 1, 1, 3)) - 40 * (labels % 3)[:, None, None, None] * np.array([1, 0, -1])
    paper = noise.integers(0, 110, (count, 1, 1, 3))
    large = np.zeros((count, 48, 48), np.float32)
    large[:, 3:45, 3:45] = pixels[:, np.arange(42) * 28 // 42][:, :, np.arange(42) * 28 // 42] / 255
    drawn = paper + large[..., None] * (ink - paper) + noise.normal(0, 18, (count, 48, 48, 3))
    return Arrays(name=part, classes=CLASSES, pixels=drawn.clip(0, 255).astype(np.uint8), labels=labels)


def trained(data: Arrays, seed: int = 0) -> nn.Module:
    """A small network of three convolutions, after two rounds."""
    torch.manual_seed(seed)
    widths = ((3, 16), (16, 32), (32, 32))
    layers: list[Any] = [layer for pair in widths for layer in (nn.Conv2d(*pair, 3, 2, 1), nn.ReLU())]
    model = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(128, 10))
    geometry = Geometry.of(USED)
    x = normalise(
        torch.stack([torch.tensor(geometry.apply(data.sample(i))).movedim(-1, 0) for i in range(len(data.labels))]),
        USED,
    )
    y, optimizer = torch.tensor(data.labels), torch.optim.AdamW(model.parameters(), 3e-3)
    for _ in range(3):
        for batch in torch.randperm(len(y)).split(64):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x[batch]), y[batch]).backward()
            optimizer.step()
    return model.eval()


def claim(value: float, decimals: int) -> Claim:
    """A card's top-1 accuracy."""
    reported = Quantity.parse(f"{100 * value:.{decimals}f}%", "ratio")
    return Claim(
        model="m", subject="top-1-accuracy", label="Top 1", kind="ratio", reported=reported, location=Location(file="m")
    )


class Scored:
    """The network's answers under every cause, of which any part can be scored."""

    def __init__(self, model: nn.Module, data: Arrays, causes: list[Cause]) -> None:
        self.task, self.asked = Classification(), claim(0.5, 2)
        contestants = [
            Contestant(
                runner=Runner(model, PictureInputs(cause.preprocessing), [torch.device("cpu")]),
                gatherer=Gatherer(self.task, data),
            )
            for cause in causes
        ]
        run(data, contestants, Feeding(batch_size=250), order=range(len(data.labels)))
        self.hits = []
        for cause, contestant in zip(causes, contestants, strict=True):
            predictions = contestant.gatherer.kept()
            predictions = predictions if cause.order is None else relabelled(predictions, cause.order)
            hits = self.task.hits(predictions, self.task.subject(self.asked))
            assert hits is not None
            self.hits.append(hits)

    def score(self, at: int, some: list[int] | None = None) -> Score:
        """Of one cause, on some samples."""
        hits = self.hits[at] if some is None else self.hits[at][some]
        share = float(hits.mean())
        return Score(value=share, samples=len(hits), right=int(hits.sum()), interval=(share, share))


def main(folder: Path) -> None:
    """Print the rates."""
    data = pictures(folder, "t10k", 10_000)
    model = trained(pictures(folder, "train", 12_000))
    # Its classes are numbered by their numbers; their names as text sort otherwise.
    candidates = [Cause(change="", preprocessing=USED), *causes(USED, CLASSES, 10, has_average=False)]
    scored = Scored(model, data, candidates)
    order = draw("sha256:0", len(data.labels))[:SAMPLE]
    whole = [scored.score(at) for at in range(len(candidates))]
    luck = scored.score(0, order).value - whole[0].value

    def diagnosed(wrong: Claim) -> tuple[int | None, float]:
        """The number of the cause that is named, and the printed chance of a hit."""
        trials = [Attempt(cause=cause, score=scored.score(at, order)) for at, cause in enumerate(candidates) if at]
        numbers = {id(trial.cause): at for at, trial in enumerate(trials, 1)}
        hit = nearest_cause(wrong, trials, luck, lambda trial: [replace(trial, score=whole[numbers[id(trial.cause)]])])
        return numbers[id(hit[1].cause)] if hit else None, chance_of_hit(
            wrong, trials, len(data.labels), whole[0].value
        )

    print(f"measured {whole[0].value:.2%}; {len(candidates) - 1} causes")
    for decimals in (1, 2):
        right = equal = planted = 0
        for at in range(1, len(candidates)):
            target = claim(whole[at].value, decimals)
            if judge(target, whole[0]).verdict != "refuted":
                continue
            planted += 1
            hit, _ = diagnosed(target)
            right += hit == at
            equal += hit not in (at, None) and whole[hit].right == whole[at].right
            if hit != at:
                other = "nothing" if hit is None else f"{candidates[hit].change} ({whole[hit].value:.2%})"
                print(f"  planted {candidates[at].change} ({whole[at].value:.2%}): {other}")
        print(f"{decimals} decimals: {planted} planted, {right} named, {equal} others that score the same")
        random.seed(0)
        hits, chances = 0, []
        for _ in range(RANDOM):
            target = claim(min(1.0, whole[0].value + random.choice((-1, 1)) * random.uniform(0.002, 0.03)), decimals)
            hit, chance = diagnosed(target)
            hits += hit is not None
            chances.append(chance)
        print(f"{decimals} decimals: explained by chance {hits / RANDOM:.1%}, printed {np.mean(chances):.1%}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
