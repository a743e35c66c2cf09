"""Outputs of the operators whose meta kernels are slow.

Torch derives the output of `addmm`, of a normalisation or even of `empty_like` on the meta device by running Python,
at up to 1 ms a call, where the shape itself takes microseconds. Each rule here answers only what it is sure of, and
returns `None` for the rest, which torch's own kernel then answers. The tests compare every rule with the kernels, in
shape, strides and type.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

aten = torch.ops.aten
Rule = Callable[..., Any]


def empty(x: torch.Tensor, size: Sequence[int]) -> torch.Tensor:
    """A contiguous tensor of x's type; `empty_strided` is the one constructor that is quick."""
    strides, step = [], 1
    for length in reversed(size):
        strides.append(step)
        step *= max(length, 1)
    return torch.empty_strided(size, strides[::-1], dtype=x.dtype, device="meta")


def like(x: torch.Tensor, *_: Any, **__: Any) -> torch.Tensor | None:
    """A tensor of floats laid out as `x` is; `None` where `x` is not dense, or holds no floats."""
    if not x.is_floating_point():
        return None
    dense = x.is_contiguous() or (x.dim() == 4 and x.is_contiguous(memory_format=torch.channels_last))
    return torch.empty_strided(x.shape, x.stride(), dtype=x.dtype, device="meta") if dense else None


def _clone(x: torch.Tensor, *, memory_format: torch.memory_format | None = None) -> torch.Tensor | None:
    if memory_format is torch.contiguous_format:
        return empty(x, x.shape)
    return like(x) if memory_format is None else None


def _binary(x: Any, y: Any, *_: Any, **__: Any) -> torch.Tensor | None:
    if not isinstance(x, torch.Tensor) or not x.is_floating_point():
        return None
    if not isinstance(y, torch.Tensor):
        return like(x) if isinstance(y, float | int) else None
    if x.dtype != y.dtype:
        return None
    if x.shape == y.shape:
        return like(x) if x.is_contiguous() or x.stride() == y.stride() else None
    if x.is_contiguous() and y.is_contiguous():
        return empty(x, torch.broadcast_shapes(x.shape, y.shape))
    return None


def _in_place(x: torch.Tensor, *_: Any, **__: Any) -> torch.Tensor:
    return x


def _in_place_binary(x: torch.Tensor, y: Any, *_: Any, **__: Any) -> torch.Tensor | None:
    return x if not isinstance(y, torch.Tensor) or (y.shape == x.shape and y.dtype == x.dtype) else None


def convolution(
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
    """The output, shape (N, C_out, ...); `None` where torch has to say. Arguments are those of `aten.convolution`."""
    if not (x.is_contiguous() and weight.is_contiguous()) or x.dim() != weight.dim():
        return None
    if x.shape[1] != weight.shape[0 if transposed else 1] * (1 if transposed else groups):
        return None
    size = [x.shape[0], weight.shape[1] * groups if transposed else weight.shape[0]]
    for axis in range(x.dim() - 2):
        # A list of one stands for every axis.
        s, p, d = (setting[axis if len(setting) > 1 else 0] for setting in (stride, padding, dilation))
        length, reach = x.shape[axis + 2], d * (weight.shape[axis + 2] - 1)
        if transposed:
            extra = output_padding[axis if len(output_padding) > 1 else 0]
            size.append((length - 1) * s - 2 * p + reach + extra + 1)
        else:
            size.append((length + 2 * p - reach - 1) // s + 1)
    return empty(x, size) if min(size) > 0 else None


Normed = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


def batch_norm(
    x: torch.Tensor, _weight: Any, _bias: Any, _mean: Any, _var: Any, training: bool, *_: Any
) -> Normed | None:
    """Output, saved mean and saved deviation, as `aten.native_batch_norm` returns them."""
    out = like(x)
    if out is None:
        return None
    saved = [x.shape[1]] if training else [0]
    return out, empty(x, saved), empty(x, saved)


def _layer_norm(x: torch.Tensor, shape: list[int], *_: Any) -> Normed | None:
    if not x.is_floating_point() or list(x.shape[x.dim() - len(shape) :]) != list(shape):
        return None
    rows = [*x.shape[: x.dim() - len(shape)], *(1 for _ in shape)]
    return empty(x, x.shape), empty(x, rows), empty(x, rows)


def _mm(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor | None:
    if x.dim() != 2 or y.dim() != 2 or x.shape[1] != y.shape[0]:
        return None
    return empty(x, (x.shape[0], y.shape[1]))


def _addmm(bias: torch.Tensor, x: torch.Tensor, y: torch.Tensor, **_: Any) -> torch.Tensor | None:
    if bias.dim() != 1 or y.dim() != 2 or bias.shape[0] not in (1, y.shape[1]):
        return None
    return _mm(x, y)


def _bmm(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor | None:
    if x.dim() != 3 or y.dim() != 3 or x.shape[0] != y.shape[0] or x.shape[2] != y.shape[1]:
        return None
    return empty(x, (x.shape[0], x.shape[1], y.shape[2]))


def _softmax(x: torch.Tensor, _dim: int, *others: Any) -> torch.Tensor | None:
    # A further argument asks for another dtype, or for the half-to-float kernel.
    return like(x) if x.is_contiguous() and not any(others) else None


def _reduced(x: torch.Tensor, dim: list[int] | None, keepdim: bool = False, **others: Any) -> torch.Tensor | None:
    if not dim or others or not x.is_contiguous() or not x.is_floating_point():
        return None
    axes = {axis % x.dim() for axis in dim}
    if keepdim:
        return empty(x, [1 if axis in axes else size for axis, size in enumerate(x.shape)])
    return empty(x, [size for axis, size in enumerate(x.shape) if axis not in axes])


def _vector_norm(x: torch.Tensor, _order: Any = 2, dim: Any = None, keepdim: bool = False, **others: Any) -> Any:
    return _reduced(x, dim, keepdim, **others)


def _cat(tensors: Sequence[torch.Tensor], dim: int = 0) -> torch.Tensor | None:
    first = tensors[0]
    size = list(first.shape)
    dim %= max(len(size), 1)
    for other in tensors[1:]:
        if other.dim() != len(size) or other.dtype != first.dtype:
            return None
        if [*other.shape[:dim], *other.shape[dim + 1 :]] != [*first.shape[:dim], *first.shape[dim + 1 :]]:
            return None
        size[dim] += other.shape[dim]
    return empty(first, size) if size and all(tensor.is_contiguous() for tensor in tensors) else None


def _contiguous(x: torch.Tensor, *_: Any, **__: Any) -> torch.Tensor | None:
    return like(x) if x.is_contiguous() else None


def _masked_fill(x: torch.Tensor, mask: torch.Tensor, _value: Any) -> torch.Tensor | None:
    return _contiguous(x) if torch.broadcast_shapes(x.shape, mask.shape) == x.shape else None


def _pad(x: torch.Tensor, pad: list[int], _value: Any = 0) -> torch.Tensor | None:
    size = list(x.shape)
    for axis in range(len(pad) // 2):
        size[-1 - axis] += pad[2 * axis] + pad[2 * axis + 1]
    return empty(x, size) if x.is_contiguous() and min(size) > 0 else None


_UNARY = """
abs clamp clamp_min elu exp gelu hardsigmoid hardswish hardtanh leaky_relu log neg relu rsqrt sigmoid silu sqrt tanh
"""
_UNARY_IN_PLACE = "clamp_ elu_ hardsigmoid_ hardswish_ hardtanh_ leaky_relu_ relu_ sigmoid_ silu_ tanh_"

RULES: dict[Any, Rule] = {
    aten.convolution.default: convolution,
    aten.native_batch_norm.default: batch_norm,
    aten.native_layer_norm.default: _layer_norm,
    aten.mm.default: _mm,
    aten.addmm.default: _addmm,
    aten.bmm.default: _bmm,
    aten._softmax.default: _softmax,
    aten._safe_softmax.default: _softmax,
    aten.mean.dim: _reduced,
    aten.sum.dim_IntList: _reduced,
    aten.linalg_vector_norm.default: _vector_norm,
    aten.cat.default: _cat,
    aten.clone.default: _clone,
    aten.roll.default: _contiguous,
    aten.masked_fill.Scalar: _masked_fill,
    aten.constant_pad_nd.default: _pad,
    **{getattr(aten, name).default: like for name in _UNARY.split()},
    **{getattr(aten, name).default: _in_place for name in _UNARY_IN_PLACE.split()},
    **{getattr(aten, name).Tensor: _binary for name in ("add", "mul", "sub", "div")},
    aten.mul.Scalar: _binary,
    aten.pow.Tensor_Scalar: _binary,
    **{getattr(aten, name).Tensor: _in_place_binary for name in ("add_", "mul_", "sub_", "div_")},
}
"""By operator, its rule: called with the operator's arguments, gives its output or `None` where it does not know."""
