"""Train `vowel-cnn` on Japanese Vowels, write its weights, and put what was measured on its card.

    pip download --no-deps sktime==1.2.0 && unzip sktime-1.2.0-py3-none-any.whl 'sktime/datasets/data/JapaneseVowels/*'
    python models/train_vowel_cnn.py sktime/datasets/data/JapaneseVowels

It takes half a minute on one core and needs the `verify` extra. Of the package its two files are read, and none of its
code is run. The seed is fixed, so that the same versions on the same processor give the same weights; the numbers on
the card are always those of the weights beside it.
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

from registry.verify.builders.vowels import CATEGORIES, INPUT_SIZE, VowelCNN
from registry.verify.datasets import series

EPOCHS = 120
BATCH_SIZE = 30
LEARNING_RATE = 0.005
WEIGHT_DECAY = 0.05
NOISE = 0.1
SEED = 0


def load(folder: Path, split: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Utterances (n, moments, 12) and their speakers (n,)."""
    found = series.load(folder, "Japanese Vowels", CATEGORIES, split)
    assert found.labels is not None, "series have classes"
    return torch.tensor(np.array(found.samples, np.float32)), torch.from_numpy(found.labels)


def train(utterances: torch.Tensor, speakers: torch.Tensor) -> VowelCNN:
    """Train from the fixed seed, with noise on what is said; no test utterance is looked at."""
    generator = fix_seed(SEED)
    model = VowelCNN().train()
    there = (utterances != 0).any(2, keepdim=True)

    def noisy(batch: torch.Tensor) -> torch.Tensor:
        noise = NOISE * torch.randn(utterances[batch].shape, generator=generator)
        return utterances[batch] + noise * there[batch]

    losses = (
        nn.functional.cross_entropy(model(noisy(batch)), speakers[batch])
        for _ in range(EPOCHS)
        for batch in torch.randperm(len(utterances), generator=generator).split(BATCH_SIZE)
    )
    steps = EPOCHS * -(-len(utterances) // BATCH_SIZE)
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
    utterances, speakers = load(folder, "test")
    with torch.inference_mode():
        best = model(utterances).topk(5).indices == speakers[:, None]
    with FlopCounterMode(display=False) as counter:
        model(torch.zeros(1, *INPUT_SIZE))
    values = {
        "FLOPs": str(counter.get_total_flops()),
        "Top 1 Accuracy": f"{best[:, 0].double().mean():.2%}",
    }
    publish("vowel-cnn", model, values)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
