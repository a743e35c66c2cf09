"""Counting by replacing functions, as deepspeed, calflops and ptflops do: what they read from the arguments.

Such a tool counts a function wherever it is called under the name that was replaced: `torch.nn.functional.relu(x)` and
every module that calls it, but not `x.relu()`; `torch.mul(x, y)` and `x.mul(y)`, but not `x * y`.
"""

from __future__ import annotations

from functools import lru_cache
from math import prod

from registry.verify.trace.data import FunctionCall, Shape, Trace, shape_of


def functional(*names: str, dims: tuple[int, ...] = ()) -> tuple[str, ...]:
    """Full names in torch.nn.functional: `functional("conv", dims=(1, 2))` is `...conv1d`, `...conv2d`."""
    return tuple(f"torch.nn.functional.{name}{f'{dim}d' if dim else ''}" for name in names for dim in dims or (0,))


def both(*names: str) -> tuple[str, ...]:
    """Full names of functions that are also tensor methods: `both("mm")` is `torch.mm`, `torch.Tensor.mm`."""
    return tuple(f"{owner}.{name}" for name in names for owner in ("torch", "torch.Tensor"))


@lru_cache(maxsize=1)  # three conventions ask
def seen(trace: Trace) -> tuple[FunctionCall, ...]:
    """The calls that go by a replaced name: not the activations of torch's transformer layers.

    Those layers keep the function itself since they were made, which is before anything was replaced.
    """
    keepers = tuple(f"torch.nn.Transformer{kind}Layer" for kind in ("Encoder", "Decoder"))
    keeping = {type_ for type_, bases in trace.types.items() if not {type_, *bases}.isdisjoint(keepers)}
    if not keeping:
        return trace.functions
    return tuple(
        function
        for function in trace.functions
        if function.name not in ACTIVATIONS or trace.module(function.call).type not in keeping
    )


POOLS = functional(*(f"{kind}_pool" for kind in ("avg", "max", "adaptive_avg", "adaptive_max")), dims=(1, 2, 3))
ACTIVATIONS = functional("relu", "prelu", "elu", "relu6", "silu", "gelu")


def elements(call: FunctionCall) -> int:
    """n: elements of the input."""
    return prod(shape_of(call.inputs))


def matmul(call: FunctionCall) -> int:
    """Elements of the first factor by the last size of the second."""
    return prod(shape_of(call.inputs, 0)) * shape_of(call.inputs, 1)[-1]


def addmm(call: FunctionCall) -> int:
    """The same of the second and third argument."""
    return prod(shape_of(call.inputs, 1)) * shape_of(call.inputs, 2)[-1]


def linear(call: FunctionCall) -> int:
    """N out_features."""
    return prod(shape_of(call.inputs, 0)) * shape_of(call.inputs, 1)[0]


def broadcast(call: FunctionCall) -> int:
    """o: elements of the sum or product of the two arguments."""
    return prod(call.outputs[0])


def broadcast_from_left(call: FunctionCall) -> int:
    """The same where a tool lines the two shapes up from the left, unlike torch; 1 for two numbers."""
    shapes = [shape for shape in (shape_of(call.inputs, 0), shape_of(call.inputs, 1)) if shape]
    length = max((len(shape) for shape in shapes), default=0)
    return prod(max(shape[axis] if axis < len(shape) else 1 for shape in shapes) for axis in range(length))


def scaled(call: FunctionCall) -> int:
    """Elements of the input times its scale factor over all positions."""
    x, scale = shape_of(call.inputs), call.options["scale_factor"]
    if isinstance(scale, tuple):
        return int(prod(x) * prod(factor for factor in scale if isinstance(factor, int | float)))
    return int(prod(x) * float(str(scale)) ** (len(x) - 2))


def size(call: FunctionCall) -> Shape | None:
    """The output size that `interpolate` was called with, `None` where it was given a scale."""
    wanted = call.options.get("size")
    if wanted is None:
        return None
    return tuple(item for item in wanted if isinstance(item, int)) if isinstance(wanted, tuple) else (int(str(wanted)),)
