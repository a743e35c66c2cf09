"""The package's own small network: it shows on any machine, in seconds, that a card's accuracy can be reproduced."""

from __future__ import annotations

import torch
from torch import nn

from registry.verify.target import Preprocessing

INPUT_SIZE = (1, 8, 8)
CATEGORIES = tuple("0123456789")

PREPROCESSING = Preprocessing(mean=(0.0,), std=(1.0,), scale=1 / 16, channels="L")
"""scikit-learn's digits hold 0 to 16 in each pixel; the network was trained on 0 to 1."""


class DigitsCNN(nn.Module):
    """Three convolutions and a linear layer for pictures of 8x8 pixels.

    Input: (batch, 1, 8, 8), values from 0 to 1. Output: (batch, 10), one logit for each digit.
    """

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(16, 32, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
        )
        self.classifier = nn.Linear(64 * 2 * 2, 10)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """Logits for a batch of pictures."""
        logits: torch.Tensor = self.classifier(self.features(pictures).flatten(1))
        return logits
