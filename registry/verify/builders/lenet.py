"""LeNet-5 for handwritten digits of 28x28 pixels."""

from __future__ import annotations

import torch
from torch import nn

from registry.verify.target import Preprocessing

INPUT_SIZE = (1, 28, 28)
CATEGORIES = (
    "0 - zero", "1 - one", "2 - two", "3 - three", "4 - four", "5 - five", "6 - six", "7 - seven",
    "8 - eight", "9 - nine",
)  # fmt: skip
"""As torchvision's reader of MNIST names them."""

PREPROCESSING = Preprocessing(mean=(0.1307,), std=(0.3081,), channels="L")
"""Mean and standard deviation of the training pictures' pixels."""


class LeNet5(nn.Module):
    """Two convolutions and three linear layers, with ReLU and max pooling.

    Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document recognition", Proceedings
    of the IEEE 86 (1998) 2278-2324.

    Input: (batch, 1, 28, 28), padded to 32x32 as the paper's. Output: (batch, 10), one logit for each digit.
    """

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 6, 5, padding=2),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(6, 16, 5),
            nn.ReLU(),
            nn.MaxPool2d(2),
        )
        self.classifier = nn.Sequential(
            nn.Linear(16 * 5 * 5, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)
        )

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """Logits for a batch of pictures."""
        logits: torch.Tensor = self.classifier(self.features(pictures).flatten(1))
        return logits
