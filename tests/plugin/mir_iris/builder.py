"""A small network for irises, as `iris:mlp`."""

from __future__ import annotations

import torch
from torch import nn
from torchvision.ops import MLP  # torchvision cannot be imported everywhere by itself; mir sees to it that it can here

from registry.verify.builders import Builder


class Network(nn.Module):
    """From four measurements to three logits."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = MLP(4, [32, 3])

    def forward(self, measurements: torch.Tensor) -> torch.Tensor:
        """Logits of shape (batch, 3) for measurements of shape (batch, 4)."""
        return self.layers(measurements)


BUILDERS = {"mlp": Builder(build=Network, input_size=(4,), categories=("setosa", "versicolor", "virginica"))}
