"""Train `digits-cnn`, write its weights, and put what was measured on its card.

    python models/train_digits_cnn.py

It takes about ten seconds on one core and needs the `verify` extra. The seed is fixed, so that the same versions of
torch and scikit-learn on the same processor give the same weights, byte for byte; elsewhere the last bits of a float
can differ. The numbers on the card are always those of the weights beside it.
"""

from __future__ import annotations

import numpy as np
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.optim.lr_scheduler import CosineAnnealingLR
from torch.utils.flop_counter import FlopCounterMode
from training import fit, fix_seed, publish

from registry.verify.builders.digits_cnn import INPUT_SIZE, DigitsCNN

TRAINING_SAMPLES = 1437
EPOCHS = 60
BATCH_SIZE = 64
LEARNING_RATE = 0.003
WEIGHT_DECAY = 0.01
SEED = 0


def load() -> tuple[torch.Tensor, torch.Tensor]:
    """All 1797 pictures (1797, 1, 8, 8) from 0 to 1 and their labels, in scikit-learn's order."""
    digits = load_digits()
    pictures = torch.from_numpy(digits.images.astype(np.float32) / 16).unsqueeze(1)
    return pictures, torch.from_numpy(digits.target.astype(np.int64))


def shift(pictures: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Move each picture of a batch by up to one pixel either way, filling with background."""
    padded = nn.functional.pad(pictures, (1, 1, 1, 1))
    down, right = torch.randint(0, 3, (2, len(pictures)), generator=generator).tolist()
    return torch.stack([p[:, y : y + 8, x : x + 8] for p, y, x in zip(padded, down, right, strict=True)])


def train(pictures: torch.Tensor, labels: torch.Tensor) -> DigitsCNN:
    """Train from the fixed seed; no held-out sample is looked at."""
    generator = fix_seed(SEED)
    model = DigitsCNN().train()
    steps = EPOCHS * -(-len(pictures) // BATCH_SIZE)
    losses = (
        nn.functional.cross_entropy(model(shift(pictures[batch], generator)), labels[batch])
        for _ in range(EPOCHS)
        for batch in torch.randperm(len(pictures), generator=generator).split(BATCH_SIZE)
    )
    fit(
        model,
        losses,
        learning_rate=LEARNING_RATE,
        weight_decay=WEIGHT_DECAY,
        schedule=lambda optimizer: CosineAnnealingLR(optimizer, steps),
    )
    return model.eval()


@torch.inference_mode()
def measure(model: DigitsCNN, pictures: torch.Tensor, labels: torch.Tensor) -> tuple[float, float, float]:
    """Top 1 and Top 5 accuracy, and the smallest gap between a sample's best two logits."""
    best = model(pictures).topk(5)
    hits = best.indices == labels[:, None]
    gap = (best.values[:, 0] - best.values[:, 1]).min()
    return hits[:, 0].double().mean().item(), hits.any(1).double().mean().item(), gap.item()


def main() -> None:
    """Train, write the weights and the card."""
    pictures, labels = load()
    model = train(pictures[:TRAINING_SAMPLES], labels[:TRAINING_SAMPLES])
    top1, top5, gap = measure(model, pictures[TRAINING_SAMPLES:], labels[TRAINING_SAMPLES:])
    with FlopCounterMode(display=False) as counter:
        model(torch.zeros(1, *INPUT_SIZE))
    values = {
        "FLOPs": str(counter.get_total_flops()),
        "Top 1 Accuracy": f"{top1:.2%}",
        "Top 5 Accuracy": f"{top5:.2%}",
    }
    publish("digits-cnn", model, values)
    print(f"smallest gap between the best two logits: {gap:.4f}")


if __name__ == "__main__":
    main()
