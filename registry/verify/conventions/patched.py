"""Counting by replacing functions, as deepspeed, calflops and ptflops do: what they read from the arguments.

Such a tool counts a function wherever it is called under the name that was replaced: `torch.nn.functional.relu(x)` and
every module that calls it, but not `x.relu()`; `torch.mul(x, y)` and `x.mul(y)`, but not `x * y`.
"""

from __future__ import annotations

from functools import lru_cache
from math import prod

from registry.verify.conventions import formulas, names
from registry.verify.trace.data import FunctionCall, Shape, Trace, shape_of


@lru_cache(maxsize=1)  # three conventions ask
def replaced_calls(trace: Trace) -> tuple[FunctionCall, ...]:
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


POOLS = names.functional(*(f"{kind}_pool" for kind in ("avg", "max", "adaptive_avg", "adaptive_max")), dims=(1, 2, 3))
ACTIVATIONS = names.functional("relu", "prelu", "elu", "relu6", "silu", "gelu")


def matmul(call: FunctionCall) -> int:
    """Elements of the first factor by the last size of the second."""
    return formulas.elements_in(call) * shape_of(call.inputs, 1)[-1]


def broadcast_from_left(call: FunctionCall) -> int:
    """Elements of a sum or product where a tool lines the two shapes up from the left, unlike torch; 1 for numbers."""
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
    output_size = call.options.get("size")
    return None if output_size is None else formulas.per_axis(output_size, 1)
