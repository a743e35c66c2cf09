"""The result of the functions that models call most, worked out without torch's dispatcher.

Each call through torch's dispatcher comes back to Python once for every operator and view that a function is made of,
which takes several times as long as to say what they are. Each rule here answers only for the plain case, and `None`
for the rest, which then runs; the tests compare whole traces with and without the rules. Without them a trace takes a
fifth longer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import EllipsisType, NoneType
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn

from registry.verify.trace.data import NOTHING, Plain
from registry.verify.trace.shapes import batch_norm, convolution, empty, like

WITHOUT_DISPATCH = torch._C._DisableTorchDispatch
"""A context in which operators run without passing through torch's Python dispatch."""


class Direct(NamedTuple):
    """What a function does: one operator.

    Attributes:
        result: What it returns.
        name: The operator's.
        tensors: The operator's arguments.
        outputs: What the operator returns.
        options: What conventions read of it.
    """

    result: Any
    name: str
    tensors: tuple[Any, ...]
    outputs: tuple[Any, ...]
    options: Mapping[str, Plain] = NOTHING


_PLAIN = (torch.Tensor, nn.Parameter)
_NOT_TRANSPOSED: Mapping[str, Plain] = {"transposed": False}
_INDEX = (int, slice, NoneType, EllipsisType)
_VIEWS = frozenset(
    str.split("""
    chunk expand expand_as movedim narrow permute select split squeeze swapaxes swapdims t transpose unbind unsqueeze
    view view_as
    """)
)


def is_view(bare: str, name: str) -> bool:
    """Whether a function is made of views alone, whatever it is given."""
    return name in (f"torch.Tensor.{bare}", f"torch.{bare}") and bare in _VIEWS


def is_plain(x: Any) -> bool:
    """Whether a tensor is an ordinary one on the meta device, without other modes or gradients."""
    return (
        type(x) in _PLAIN
        and x.is_meta
        and x.layout is torch.strided
        and not x.is_nested
        and not torch.is_grad_enabled()
        and torch._C._len_torch_dispatch_stack() == 1
        and torch._C._functorch.maybe_current_level() is None
    )


def is_basic_index(index: Any) -> bool:
    """Whether an index picks by position, which is a view: `x[:, 0]`, not `x[mask]`."""
    return all(type(part) in _INDEX for part in index) if type(index) is tuple else type(index) in _INDEX


def _are_plain(*tensors: Any) -> bool:
    return all(type(tensor) in _PLAIN and tensor.is_meta for tensor in tensors)


def _list(value: Any) -> list[int]:
    return [value] if isinstance(value, int) else list(value)


def _conv(
    input: Any,  # noqa: A002 - the arguments are named as torch names them
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: Any = 1,
) -> Direct | None:
    x = input
    if isinstance(padding, str) or not _are_plain(weight) or not (bias is None or _are_plain(bias)):
        return None
    if x.dim() != weight.dim() or not x.is_floating_point():
        return None
    zeros = [0] * (x.dim() - 2)
    result = convolution(x, weight, bias, _list(stride), _list(padding), _list(dilation), False, zeros, groups)
    tensors = (x, weight) if bias is None else (x, weight, bias)
    return None if result is None else Direct(result, "aten.convolution", tensors, (result,), _NOT_TRANSPOSED)


def _norm(
    input: Any,  # noqa: A002
    running_mean: Any,
    running_var: Any,
    weight: Any = None,
    bias: Any = None,
    training: bool = False,
    *_: Any,
    **__: Any,
) -> Direct | None:
    x, mean, var = input, running_mean, running_var
    if training or x.dim() < 2 or not _are_plain(mean, var, weight, bias) or mean.shape[0] != x.shape[1]:
        return None
    outputs = batch_norm(x, weight, bias, mean, var, False)
    tensors = (x, weight, bias, mean, var)
    return None if outputs is None else Direct(outputs[0], "aten.native_batch_norm", tensors, outputs)


def _linear(input: Any, weight: Any, bias: Any = None) -> Direct | None:  # noqa: A002
    x = input
    if not _are_plain(weight, bias) or weight.dim() != 2 or bias.dim() != 1 or not x.is_floating_point():
        return None
    if x.dim() not in (2, 3) or not (x.is_contiguous() and weight.is_contiguous() and x.numel()):
        return None
    wide, width = weight.shape
    if x.shape[-1] != width or bias.shape[0] != wide:
        return None
    rows = x.numel() // width
    flat, out = empty(x, (rows, width)), empty(x, (rows, wide))
    turned = weight.t()
    return Direct(out if x.dim() == 2 else out.view(*x.shape[:-1], wide), "aten.addmm", (bias, flat, turned), (out,))


def _activation(bare: str) -> Callable[..., Direct | None]:
    def activated(input: Any, inplace: bool = False) -> Direct | None:  # noqa: A002
        x = input
        result = x if inplace else like(x)
        return None if result is None else Direct(result, f"aten.{bare}{'_' if inplace else ''}", (x,), (result,))

    return activated


DIRECT: dict[Any, Callable[..., Direct | None]] = {
    torch.conv1d: _conv,
    torch.conv2d: _conv,
    torch.conv3d: _conv,
    F.batch_norm: _norm,
    F.linear: _linear,
    F.relu: _activation("relu"),
    F.silu: _activation("silu"),
    F.hardswish: _activation("hardswish"),
}
"""By function, its rule: called with the function's arguments."""


def direct(func: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Direct | None:
    """What a function does with these arguments, `None` where no rule knows."""
    if not args or not is_plain(args[0]):
        return None
    with WITHOUT_DISPATCH():
        return DIRECT[func](*args, **kwargs)
