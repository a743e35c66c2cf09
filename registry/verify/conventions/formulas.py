"""What several tools count in the same way, by the shapes of one call alone."""

from __future__ import annotations

from math import prod

from registry.verify.trace.data import FunctionCall, ModuleCall, Operator, Plain, Shape, shape_of

Call = FunctionCall | ModuleCall | Operator


def elements_in(call: Call) -> int:
    """n: elements of the first input."""
    return prod(shape_of(call.inputs))


def elements_out(call: Call) -> int:
    """o: elements of the first output."""
    return prod(call.outputs[0])


def matmul(call: Call) -> int:
    """prod(first) * last size of the second: matmul, mm, bmm; a second that is a vector is one column."""
    second = shape_of(call.inputs, 1)
    return elements_in(call) * (second[-1] if len(second) > 1 else 1)


def addmm(call: Call) -> int:
    """prod(first factor) * last size of the second: addmm, baddbmm."""
    return prod(shape_of(call.inputs, 1)) * shape_of(call.inputs, 2)[-1]


def linear(call: Call) -> int:
    """prod(input) * out_features."""
    return elements_in(call) * shape_of(call.inputs, 1)[0]


def attention(call: Call) -> int:
    """Query by key, and weights by value: prod(batch) * L * S * (E + E_v)."""
    query, key, value = (shape_of(call.inputs, index) for index in range(3))
    return prod(query[:-1]) * key[-2] * (query[-1] + value[-1])


def convolution(x: Shape, weight: Shape, out: Shape, *, transposed: bool) -> int:
    """N * C_out * prod(HW_out) * (C_in / groups * prod(kernel)); transposed: over the input's positions instead."""
    return x[0] * prod(weight) * prod((x if transposed else out)[2:])


def norm(call: FunctionCall) -> int:
    """5 n, not affine 4 n."""
    return elements_in(call) * (5 if is_affine(call) else 4)


def batch_norm(call: FunctionCall) -> int:
    """2 n, not affine n; in training as other normalisations."""
    if call.options.get("training"):
        return norm(call)
    return elements_in(call) * (2 if is_affine(call) else 1)


def is_affine(call: FunctionCall) -> bool:
    """Whether a normalisation has a weight."""
    place = 3 if call.name.rpartition(".")[2] in ("batch_norm", "instance_norm") else 2
    return bool(shape_of(call.inputs, place))


def equation(call: FunctionCall) -> str:
    """The equation of an einsum, without spaces."""
    return str(call.options["equation"]).replace(" ", "")


def operands(call: FunctionCall) -> tuple[Shape, ...]:
    """Shapes of the arguments that are tensors."""
    return tuple(shape for shape in call.inputs if shape is not None)


def per_axis(value: Plain, dims: int) -> tuple[int, ...]:
    """An argument that may be one number for all axes, as one for each."""
    if isinstance(value, tuple):
        return tuple(int(str(item)) for item in value)
    return (int(str(value)),) * dims
