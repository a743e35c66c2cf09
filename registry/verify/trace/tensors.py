"""Tensors for a model's arguments: empty ones on meta, and small random ones for a real run."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import Any

import torch
from torch import nn

from registry.verify.arguments import Arguments, TensorSpec

SEED = 0
"""Of the random numbers in a real run."""


def float_type(model: nn.Module) -> torch.dtype:
    """The type that the model computes in: that of its first floating-point parameter or buffer."""
    tensors = chain(model.parameters(), model.buffers())
    return next((tensor.dtype for tensor in tensors if tensor.is_floating_point()), torch.float32)


def empty(arguments: Arguments, model: nn.Module) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments with tensors on the meta device."""
    default = float_type(model)

    def make(spec: TensorSpec, _: str) -> torch.Tensor:
        return torch.empty(spec.shape, dtype=_dtype(spec, default), device="meta")

    return _filled_in(arguments, make, lambda tensor: tensor.to("meta"))


def random(arguments: Arguments, model: nn.Module) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments with values, on the CPU: floats from a normal distribution, whole numbers 0 or 1, masks all set."""
    default = float_type(model)
    generator = torch.Generator().manual_seed(SEED)

    def make(spec: TensorSpec, name: str) -> torch.Tensor:
        dtype = _dtype(spec, default)
        if dtype == torch.bool or "mask" in name:
            return torch.ones(spec.shape, dtype=dtype)
        if dtype.is_floating_point or dtype.is_complex:
            return torch.randn(spec.shape, generator=generator).to(dtype)
        return torch.randint(0, 2, spec.shape, generator=generator).to(dtype)

    return _filled_in(arguments, make, lambda tensor: tensor.detach().to("cpu"))


def _filled_in(
    arguments: Arguments,
    make: Callable[[TensorSpec, str], torch.Tensor],
    move: Callable[[torch.Tensor], torch.Tensor],
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    def one(value: Any, name: str) -> Any:
        if isinstance(value, TensorSpec):
            return make(value, name)
        if isinstance(value, torch.Tensor):
            return move(value)
        if type(value) in (list, tuple):
            return type(value)(one(member, name) for member in value)
        return {key: one(member, str(key)) for key, member in value.items()} if type(value) is dict else value

    keywords = {name: one(value, name) for name, value in arguments.keywords.items()}
    return tuple(one(value, "") for value in arguments.positional), keywords


def _dtype(spec: TensorSpec, default: torch.dtype) -> torch.dtype:
    dtype: torch.dtype = getattr(torch, spec.dtype) if spec.dtype else default
    return dtype
