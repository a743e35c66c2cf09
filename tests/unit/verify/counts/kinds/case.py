"""A kind of model with its count by hand, and models that are made of a function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import torch
from torch import nn

T = torch.Tensor


class Case(NamedTuple):
    """A model, what it is called with, and the multiply-adds by hand; `None` where it must be refused."""

    make: Callable[[], nn.Module]
    inputs: Any
    macs: int | None
    says: str = ""
    """What the warning or the refusal says; every other count has none."""
    real: bool = False
    """Whether it needs values."""
    arguments: Mapping[str, Any] | None = None


class Does(nn.Module):
    """Calls a function with its layers and what it is given."""

    def __init__(self, call: Callable[..., Any], **layers: nn.Module) -> None:
        super().__init__()
        self.call = call
        for name, layer in layers.items():
            self.add_module(name, layer)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self.call(self, *args, **kwargs)


def does(call: Callable[..., Any], **layers: nn.Module) -> Callable[[], nn.Module]:
    return lambda: Does(call, **layers)


def linear(outputs: int = 4) -> nn.Linear:
    return nn.Linear(4, outputs)


class Weight(nn.Module):
    """Holds one matrix and does something with it."""

    def __init__(self, call: Callable[[T, T], T], *shape: int) -> None:
        super().__init__()
        self.weight, self.call = nn.Parameter(torch.randn(shape)), call

    def forward(self, x: T) -> T:
        return self.call(x, self.weight)
