"""Output shapes of the operators whose meta kernels are slow.

Torch derives the shape of `addmm` or of a normalisation on the meta device by running a decomposition in Python, at up
to 0.9 ms a call, where the shape itself takes microseconds. Each rule here answers only what it is sure of, and returns
`None` for the rest, which torch's own kernel then answers. `tests/unit/verify/trace/test_shapes.py` compares each rule
with torch's kernels.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

aten = torch.ops.aten
Rule = Callable[..., Any]


def _like(x: torch.Tensor, *_: Any, **__: Any) -> torch.Tensor | None:
    return torch.empty_like(x) if x.is_floating_point() else None


def _binary(x: Any, y: Any, *_: Any, **__: Any) -> torch.Tensor | None:
    if not isinstance(x, torch.Tensor) or not x.is_floating_point():
        return None
    if not isinstance(y, torch.Tensor):
        return torch.empty_like(x) if isinstance(y, float | int) else None
    if x.dtype != y.dtype:
        return None
    if x.shape == y.shape:
        return torch.empty_like(x) if x.stride() == y.stride() else None
    if x.is_contiguous() and y.is_contiguous():
        return x.new_empty(torch.broadcast_shapes(x.shape, y.shape))
    return None


def _in_place(x: torch.Tensor, *_: Any, **__: Any) -> torch.Tensor:
    return x


def _in_place_binary(x: torch.Tensor, y: Any, *_: Any, **__: Any) -> torch.Tensor | None:
    return x if not isinstance(y, torch.Tensor) or (y.shape == x.shape and y.dtype == x.dtype) else None


def _convolution(
    x: torch.Tensor,
    weight: torch.Tensor,
    _bias: torch.Tensor | None,
    stride: list[int],
    padding: list[int],
    dilation: list[int],
    transposed: bool,
    output_padding: list[int],
    groups: int,
) -> torch.Tensor | None:
    if not (x.is_contiguous() and weight.is_contiguous()) or x.dim() != weight.dim():
        return None
    if x.shape[1] != weight.shape[0 if transposed else 1] * (1 if transposed else groups):
        return None
    size = [x.shape[0], weight.shape[1] * groups if transposed else weight.shape[0]]
    for axis in range(x.dim() - 2):
        # A list of one stands for every axis.
        s, p, d = (each[axis if len(each) > 1 else 0] for each in (stride, padding, dilation))
        length, reach = x.shape[axis + 2], d * (weight.shape[axis + 2] - 1)
        if transposed:
            extra = output_padding[axis if len(output_padding) > 1 else 0]
            size.append((length - 1) * s - 2 * p + reach + extra + 1)
        else:
            size.append((length + 2 * p - reach - 1) // s + 1)
    return x.new_empty(size) if min(size) > 0 else None


def _batch_norm(x: torch.Tensor, *arguments: Any) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor] | None:
    training = arguments[4]
    if training or not x.is_contiguous():
        return None
    return torch.empty_like(x), x.new_empty(0), x.new_empty(0)


def _layer_norm(x: torch.Tensor, shape: list[int], *_: Any) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor] | None:
    if not x.is_contiguous() or list(x.shape[x.dim() - len(shape) :]) != list(shape):
        return None
    rows = [*x.shape[: x.dim() - len(shape)], *(1 for _ in shape)]
    return torch.empty_like(x), x.new_empty(rows), x.new_empty(rows)


def _mm(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor | None:
    if x.dim() != 2 or y.dim() != 2 or x.shape[1] != y.shape[0]:
        return None
    return x.new_empty((x.shape[0], y.shape[1]))


def _addmm(bias: torch.Tensor, x: torch.Tensor, y: torch.Tensor, **_: Any) -> torch.Tensor | None:
    if bias.dim() != 1 or y.dim() != 2 or bias.shape[0] not in (1, y.shape[1]):
        return None
    return _mm(x, y)


def _bmm(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor | None:
    if x.dim() != 3 or y.dim() != 3 or x.shape[0] != y.shape[0] or x.shape[2] != y.shape[1]:
        return None
    return x.new_empty((x.shape[0], x.shape[1], y.shape[2]))


def _softmax(x: torch.Tensor, _dim: int, *others: Any) -> torch.Tensor | None:
    # The last argument asks for another dtype, or for the half-to-float kernel.
    return torch.empty_like(x) if x.is_contiguous() and x.is_floating_point() and not any(others) else None


def _mean(x: torch.Tensor, dim: list[int] | None, keepdim: bool = False, **others: Any) -> torch.Tensor | None:
    if not dim or others or not x.is_contiguous() or not x.is_floating_point():
        return None
    axes = {axis % x.dim() for axis in dim}
    if keepdim:
        return x.new_empty([1 if axis in axes else size for axis, size in enumerate(x.shape)])
    return x.new_empty([size for axis, size in enumerate(x.shape) if axis not in axes])


RULES: dict[Any, Rule] = {
    aten.convolution.default: _convolution,
    aten.native_batch_norm.default: _batch_norm,
    aten.native_layer_norm.default: _layer_norm,
    aten.mm.default: _mm,
    aten.addmm.default: _addmm,
    aten.bmm.default: _bmm,
    aten._softmax.default: _softmax,
    aten._safe_softmax.default: _softmax,
    aten.mean.dim: _mean,
    **{
        getattr(aten, name).default: _like
        for name in ("gelu", "silu", "relu", "sigmoid", "hardswish", "hardsigmoid", "tanh")
    },
    **{
        getattr(aten, name).default: _in_place
        for name in ("silu_", "relu_", "sigmoid_", "hardswish_", "hardsigmoid_", "hardtanh_", "tanh_")
    },
    **{getattr(aten, name).Tensor: _binary for name in ("add", "mul", "sub", "div")},
    aten.mul.Scalar: _binary,
    **{getattr(aten, name).Tensor: _in_place_binary for name in ("add_", "mul_", "sub_", "div_")},
}
"""By operator, its rule: called with the operator's arguments, gives its output or `None` where it does not know."""
