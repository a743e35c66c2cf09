"""torchprofile 0.1.0, `profile_macs`: multiply-accumulates in a graph recorded by torch.jit.

With o elements out:

| operator | counted |
|---|---|
| convolution | o C_in / groups prod(kernel); transposed, o C_in prod(kernel) |
| linear, matmul, addmm, addmv, bmm, baddbmm | MACs, no bias |
| scaled_dot_product_attention | prod(batch) L S (E + E_v) |
| einsum | the product of all index sizes; with `...` 0 |
| lstm | 4 H (I + H) a step, layer and direction |
| batch_norm, layer_norm, group_norm, instance_norm | o, not affine 0 |
| mul | o |
| average pools, adaptive or not, mean | o |
| leaky_relu | o |
| upsample_bilinear2d | 4 o |
| grid_sampler | 4 o, bicubic 16 o, nearest 0 |

torch.jit records arithmetic on sizes (`height * width`) as operators too, and torchprofile counts 1 for each
multiplication among it. Those few units are not counted here.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod

from registry.verify.conventions import formulas, traced
from registry.verify.conventions.convention import Convention, Count, Ledger
from registry.verify.trace.data import FunctionCall, Trace, shape_of


def _convolution(function: FunctionCall) -> int:
    weight, out = shape_of(function.inputs, 1), function.outputs[0]
    # Its own test for a transposed convolution, which misses one whose channels are all equal.
    channels = weight[1] if out[1] == weight[0] else weight[0]
    return prod(out) * channels * prod(weight[2:])


def _norm(function: FunctionCall) -> int:
    return formulas.elements_out(function) if formulas.is_affine(function) else 0


def _matmul(function: FunctionCall) -> int:
    x, y, out = shape_of(function.inputs, 0), shape_of(function.inputs, 1), function.outputs[0]
    if len(x) == 1 or len(y) == 1:
        return prod(y if len(x) == 1 else x)
    return prod(out) * x[-1]


def _addmv(function: FunctionCall) -> int:
    return prod(shape_of(function.inputs, 1))


def _lstm(function: FunctionCall) -> int:
    x, out, hidden = shape_of(function.inputs, 0), function.outputs[0], function.outputs[1]
    directions = out[-1] // hidden[-1]
    macs = 0
    for layer in range(hidden[0] // directions):
        inputs = x[-1] if layer == 0 else hidden[-1] * directions
        macs += 4 * hidden[-1] * (inputs + hidden[-1])
    return out[0] * out[1] * directions * macs


def _einsum(function: FunctionCall) -> int:
    equation = formulas.equation(function)
    if "..." in equation:
        return 0
    sizes: dict[str, int] = {}
    for subscripts, shape in zip(equation.split("->")[0].split(","), formulas.operands(function), strict=False):
        sizes.update(zip(subscripts, shape, strict=False))
    return prod(sizes.values())


def _grid_sampler(function: FunctionCall) -> int:
    return formulas.elements_out(function) * {"nearest": 0, "bicubic": 16}.get(str(function.options.get("mode")), 4)


RULES: dict[str, Callable[[FunctionCall], int]] = {
    "scaled_dot_product_attention": formulas.attention,
    "lstm": _lstm,
    "einsum": _einsum,
    "grid_sampler": _grid_sampler,
    "addmm": formulas.addmm,
    "addmv": _addmv,
    "bmm": formulas.matmul,
    "baddbmm": formulas.addmm,
    "linear": formulas.linear,
    "matmul": _matmul,
    "mul": formulas.elements_out,
    "mul_": formulas.elements_out,
    "convolution": _convolution,
    **dict.fromkeys(("batch_norm", "instance_norm", "layer_norm", "group_norm"), _norm),
    **dict.fromkeys((f"{kind}_pool{d}d" for kind in ("adaptive_avg", "avg") for d in (1, 2, 3)), formulas.elements_out),
    "mean": formulas.elements_out,
    "leaky_relu": formulas.elements_out,
    "upsample_bilinear2d": lambda function: 4 * formulas.elements_out(function),
}


def count(trace: Trace) -> Count:
    """MACs as torchprofile reports them."""
    ledger = Ledger(trace)
    for node in traced.nodes(trace):
        rule = RULES.get(node.name)
        if rule is None:
            ledger.skip(node.name)
        else:
            ledger.add(node.function.call, rule(node.function))
    return ledger.close()


CONVENTION = Convention(
    name="torchprofile 0.1.0",
    version="0.1.0",
    unit="MACs",
    source="https://github.com/zhijian-liu/torchprofile/blob/master/torchprofile/handlers.py",
    count=count,
)
