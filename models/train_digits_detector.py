"""Train `digits-detector`, write its weights, and put what was measured on its card.

    python models/train_digits_detector.py

It takes four minutes on one core and needs the extras `verify` and `detection`. The canvases are drawn anew for every
epoch from the digits 0 to 1436; those of the evaluation hold the others. The seed is fixed.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import nn
from torch.optim.lr_scheduler import OneCycleLR
from training import fit, fix_seed, publish

from registry.verify.builders.digits_detector import STRIDE, DigitsDetector
from registry.verify.datasets.canvases import FIRST_HELD_OUT, SIDE, Canvases, draw, load
from registry.verify.evaluation.gatherer import Gatherer
from registry.verify.tasks import Detection

EPOCHS = 180
CANVASES = 600
BATCH_SIZE = 32
LEARNING_RATE = 0.004
CELLS = SIDE // STRIDE


def pictures(canvases: Canvases) -> torch.Tensor:
    """Canvases as the model takes them, (n, 3, side, side) from 0 to 1."""
    return torch.from_numpy(canvases.pixels)[:, None].expand(-1, 3, -1, -1).float() / 255


def targets(canvases: Canvases) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Heat of each class (n, 10, cells, cells), distances to the sides (n, 4, ...), and which cells count for them."""
    count = len(canvases.pixels)
    heat, sides = np.zeros((count, 10, CELLS, CELLS), np.float32), np.zeros((count, 4, CELLS, CELLS), np.float32)
    inside = np.zeros((count, 1, CELLS, CELLS), np.float32)
    ys, xs = np.mgrid[:CELLS, :CELLS] + 0.5
    for at, objects in enumerate(canvases.objects):
        for label, (_, left, top, scale) in objects:
            side = 8 * scale / STRIDE
            left, top = left / STRIDE, top / STRIDE
            x, y = left + side / 2, top + side / 2
            centre = (np.abs(xs - xs[0, min(int(x), CELLS - 1)]) <= 1) & (
                np.abs(ys - ys[min(int(y), CELLS - 1), 0]) <= 1
            )
            distance = ((xs - x) ** 2 + (ys - y) ** 2) / (2 * (side / 6) ** 2)
            heat[at, label] = np.maximum(heat[at, label], np.exp(-distance))
            heat[at, label, min(int(y), CELLS - 1), min(int(x), CELLS - 1)] = 1
            found = np.stack([xs - left, ys - top, left + side - xs, top + side - ys])
            sides[at] = np.where(centre, found, sides[at])
            inside[at, 0] = np.maximum(inside[at, 0], centre)
    return torch.from_numpy(heat), torch.from_numpy(sides), torch.from_numpy(inside)


def loss_of(model: DigitsDetector, canvases: Canvases) -> torch.Tensor:
    """Focal loss of the heat, as in the paper, smooth distance to the sides, and how much boxes miss of each other."""
    logits, found = model.grid(pictures(canvases))
    heat, sides, inside = targets(canvases)
    share = logits.sigmoid().clamp(1e-4, 1 - 1e-4)
    here = heat == 1
    focal = torch.where(here, (1 - share) ** 2 * share.log(), (1 - heat) ** 4 * share**2 * (1 - share).log())
    near = nn.functional.smooth_l1_loss(found, sides, reduction="none", beta=0.1) * inside
    left, top, right, bottom = torch.minimum(found, sides).unbind(1)
    both = (left + right) * (top + bottom)
    areas = [(each[:, 0] + each[:, 2]) * (each[:, 1] + each[:, 3]) for each in (found, sides)]
    overlap = both / (areas[0] + areas[1] - both).clamp(min=1e-6)
    apart = (1 - overlap) * inside[:, 0]
    return -focal.sum() / here.sum() + (near.sum() + 4 * apart.sum()) / inside.sum()


def losses(model: DigitsDetector) -> Iterator[torch.Tensor]:
    """The loss of each step, on canvases that are drawn for it."""
    for epoch in range(EPOCHS):
        for start in range(0, CANVASES, BATCH_SIZE):
            loss = loss_of(model, draw(BATCH_SIZE, first=0, last=FIRST_HELD_OUT - 1, seed=1 + epoch * CANVASES + start))
            yield loss
        print(f"epoch {epoch}: {loss.item():.3f}", flush=True)


def train() -> DigitsDetector:
    """Train from the fixed seed; no held-out digit is looked at."""
    fix_seed(0)
    model = DigitsDetector().train()
    steps = EPOCHS * -(-CANVASES // BATCH_SIZE)
    fit(
        model,
        losses(model),
        learning_rate=LEARNING_RATE,
        weight_decay=0.01,
        schedule=lambda optimizer: OneCycleLR(optimizer, LEARNING_RATE, total_steps=steps),
    )
    return model.eval()


def measure(model: DigitsDetector) -> dict[str, float]:
    """COCO's average precision on the canvases of held-out digits."""
    canvases = load()
    gatherer = Gatherer(Detection(), canvases)
    with torch.inference_mode():
        for at, picture in enumerate(pictures(canvases)):
            gatherer.update([at], model([picture]))
    return {metric: gatherer.score(f"box-{metric}").value for metric in ("ap", "ap-50", "ap-75")}


def main() -> None:
    """Train, write the weights and the card."""
    model = train()
    found = measure(model)
    names = {"box AP": "ap", "box AP50": "ap-50", "box AP75": "ap-75"}
    publish("digits-detector", model, {name: f"{found[metric]:.2%}" for name, metric in names.items()})


if __name__ == "__main__":
    main()
