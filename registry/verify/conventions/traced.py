"""The operators that `torch.jit.trace` would record, read from the functions a model calls.

fvcore, mmengine and torchprofile count in such a graph. It holds the outermost operators: a linear layer is one
`linear`, attention one `scaled_dot_product_attention`, whatever runs inside. Only functions written in Python, as
`multi_head_attention_forward`, fall apart into those they call. A convolution whose padding is a text is recorded
under another name (`_convolution_mode`), which none of the three tools knows. Recurrent cells fall apart, recurrent
layers do not.

torch.jit drops what nothing uses, which is not seen here: the averaged weights that `nn.MultiheadAttention` returns to
callers who ignore them are one `mean` too many, of which torchprofile counts the elements.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from registry.verify.conventions import formulas
from registry.verify.trace.data import FunctionCall, Shape, Trace, shape_of

_NAMES = {
    "multi_head_attention_forward": "",
    "interpolate": "",
    "upsample": "",
    "upsample_nearest": "",
    "upsample_bilinear": "",
    "local_response_norm": "",
    "normalize": "",
    "gumbel_softmax": "",
    "grid_sample": "grid_sampler",
    "max_pool2d_with_indices": "max_pool2d",
    "true_divide": "div",
    "iadd": "add_",
    "imul": "mul_",
}


_CELLS = {"lstm_cell": 3, "gru_cell": 2, "rnn_tanh_cell": 0, "rnn_relu_cell": 0}
"""Recurrent cells, and how often each multiplies two states by element."""


class Node(NamedTuple):
    """One operator of the graph: its name, such as `batch_norm` or `mul_`, and the call it comes from."""

    name: str
    function: FunctionCall


@lru_cache(maxsize=1)  # every setting of three conventions reads the same nodes
def nodes(trace: Trace) -> tuple[Node, ...]:
    """The graph's operators, in order."""
    return tuple(_nodes(trace))


def _nodes(trace: Trace) -> Iterator[Node]:
    for function in trace.functions:
        name = _operator(function.name)
        if function.options.get("inplace"):
            name += "_"
        if name == "convolution" and isinstance(function.options.get("padding"), str):
            name = "_convolution_mode"
        if name in _CELLS:
            yield from _cell(name, function)
        elif name:
            yield Node(name, function)


def _cell(name: str, function: FunctionCall) -> Iterator[Node]:
    """The operators of a recurrent cell: it is recorded as what it is made of."""
    states = 2 if name == "lstm_cell" else 1
    for factor in (0, 1):
        x, weight = shape_of(function.inputs, factor), shape_of(function.inputs, 1 + states + factor)
        yield Node("linear", function._replace(inputs=(x, weight), outputs=((*x[:-1], weight[0]),)))
    for _ in range(_CELLS[name]):
        yield Node("mul", function._replace(outputs=function.outputs[:1]))


@cache
def _operator(function: str) -> str:
    name = function.rpartition(".")[2]
    if name.startswith("__") and name.endswith("__"):
        name = name.strip("_")
    if name.startswith("conv") and name.endswith("d"):
        return "convolution"
    return _NAMES.get(name, name)


def convolution(function: FunctionCall) -> int:
    """MACs of a convolution."""
    x, weight = shape_of(function.inputs, 0), shape_of(function.inputs, 1)
    return formulas.convolution(x, weight, function.outputs[0], transposed="transpose" in function.name)


def has_vector(function: FunctionCall) -> bool:
    """Whether a factor of the product has one dimension."""
    return min(len(shape_of(function.inputs, 0)), len(shape_of(function.inputs, 1))) < 2


@cache
def einsum_cost(equation: str, shapes: tuple[Shape, ...]) -> int:
    """FLOPs of the best order of contraction, as numpy prints them: to four digits. The tools ask numpy too."""
    import numpy as np

    operands = [np.broadcast_to(np.zeros(()), shape) for shape in shapes]
    report = np.einsum_path(equation, *operands, optimize="optimal")[1]
    line = next(line for line in report.splitlines() if "optimized flop" in line.lower())
    return int(float(line.rpartition(":")[2]))


def einsum(function: FunctionCall) -> int:
    """FLOPs of an einsum, by numpy's reckoning."""
    return einsum_cost(formulas.equation(function), formulas.operands(function))
