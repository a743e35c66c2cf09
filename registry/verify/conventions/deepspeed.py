"""deepspeed 0.19.8, its flops profiler: two numbers, MACs and flops.

It replaces functions. With n elements in and o elements out:

| function | MACs | flops |
|---|---|---|
| linear | MACs | 2 MACs, no bias |
| conv 1-3d | MACs | 2 MACs, and o with bias |
| conv_transpose 1-3d | MACs over input positions | 2 MACs, and o with bias |
| matmul, `@`, mm, bmm | MACs | 2 MACs |
| addmm, baddbmm | MACs | 2 MACs, and the elements of what is added |
| scaled_dot_product_attention | prod(batch) L S (E + E_v) | twice that |
| einsum | 0 | numpy's optimal cost, to four digits |
| batch_norm | 0 | 2 n, not affine n; in training 5 n, 4 n |
| layer_norm, group_norm, instance_norm | 0 | 5 n, not affine 4 n |
| relu, prelu, elu, leaky_relu, relu6, silu, gelu, softmax | 0 | n |
| every pool | 0 | n |
| interpolate, upsample | 0 | n times the scale; prod(size), without batch and channels, where called with a size |
| torch.mul, torch.add, and the methods | 0 | o |
| modules RNN, GRU, LSTM and cells | 0 | 2 MACs less one a gate, biases, and H, 7 H or 10 H a step |

Not counted: `x * y`, `x + y`, `.mean()`, sigmoid, hardswish, rms_norm. Of a convolution with padding="same" it takes
one position too few on an axis that needs uneven padding.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import prod

from registry.verify.conventions import formulas, names, patched, recurrent, traced
from registry.verify.conventions.convention import Convention, Count, Ledger
from registry.verify.trace.data import FunctionCall, Trace, shape_of

FlopsAndMacs = tuple[int, int]
Rule = Callable[[FunctionCall], FlopsAndMacs]


def product(macs: Callable[[FunctionCall], int]) -> Rule:
    """The rule of a product: two flops for each MAC."""

    def rule(call: FunctionCall) -> FlopsAndMacs:
        counted = macs(call)
        return 2 * counted, counted

    return rule


def flops(count: Callable[[FunctionCall], int]) -> Rule:
    """The rule of what multiplies no matrix: flops and no MACs."""
    return lambda call: (count(call), 0)


def addmm(call: FunctionCall) -> FlopsAndMacs:
    """A product and a sum."""
    macs = formulas.addmm(call)
    return 2 * macs + formulas.elements_in(call), macs


def convolution(call: FunctionCall) -> FlopsAndMacs:
    """A convolution, of the output's size that the tool works out."""
    x, weight = shape_of(call.inputs, 0), shape_of(call.inputs, 1)
    out = _out_size(call)
    positions = x[0] * prod(out)
    macs = positions * prod(weight)
    return 2 * macs + (positions * weight[0] if shape_of(call.inputs, 2) else 0), macs


def _out_size(call: FunctionCall) -> tuple[int, ...]:
    if call.options.get("padding") != "same":
        return call.outputs[0][2:]
    x, weight = shape_of(call.inputs, 0), shape_of(call.inputs, 1)
    dilations = formulas.per_axis(call.options.get("dilation", 1), len(x) - 2)
    sizes = zip(x[2:], weight[2:], dilations, strict=True)
    return tuple(length - d * (kernel - 1) % 2 for length, kernel, d in sizes)


def _transposed(call: FunctionCall) -> FlopsAndMacs:
    x, weight = shape_of(call.inputs, 0), shape_of(call.inputs, 1)
    macs = x[0] * prod(x[2:]) * prod(weight)
    return 2 * macs + (prod(call.outputs[0]) if shape_of(call.inputs, 2) else 0), macs


def _upsample(call: FunctionCall) -> int:
    size = patched.size(call)
    return patched.scaled(call) if size is None else prod(size)


SHARED_RULES: dict[str, Rule] = {
    "torch.nn.functional.linear": product(formulas.linear),
    **dict.fromkeys(names.functional("conv", dims=(1, 2, 3)), convolution),
    **dict.fromkeys(patched.ACTIVATIONS, flops(formulas.elements_in)),
    **dict.fromkeys(names.functional("leaky_relu", "softmax"), flops(formulas.elements_in)),
    **dict.fromkeys(patched.POOLS, flops(formulas.elements_in)),
    "torch.nn.functional.batch_norm": flops(formulas.batch_norm),
    **dict.fromkeys(names.functional("layer_norm", "group_norm", "instance_norm"), flops(formulas.norm)),
    **dict.fromkeys(names.function_and_method("matmul"), product(patched.matmul)),
    **dict.fromkeys((*names.function_and_method("addmm"), "torch.baddbmm"), addmm),
    "torch.einsum": flops(traced.einsum),
}
"""What calflops counts in the same way."""

RULES: dict[str, Rule] = {
    **SHARED_RULES,
    **dict.fromkeys(names.functional("conv_transpose", dims=(1, 2, 3)), _transposed),
    **dict.fromkeys(("torch.Tensor.__matmul__", *names.function_and_method("mm", "bmm")), product(patched.matmul)),
    **dict.fromkeys(names.function_and_method("mul", "add"), flops(formulas.elements_out)),
    **dict.fromkeys(names.functional("interpolate", "upsample"), flops(_upsample)),
    "torch.nn.functional.scaled_dot_product_attention": product(formulas.attention),
}


def profile(trace: Trace, rules: dict[str, Rule]) -> tuple[Ledger, Ledger]:
    """Flops and MACs of functions."""
    flops, macs = Ledger(trace), Ledger(trace)
    for function in patched.replaced_calls(trace):
        rule = rules.get(function.name)
        if rule is None:
            flops.skip(function.name)
            macs.skip(function.name)
        else:
            both = rule(function)
            flops.add(function.call, both[0])
            macs.add(function.call, both[1])
    return flops, macs


def with_recurrent(trace: Trace, flops: Ledger) -> Ledger:
    """Flops of functions, and those of recurrent modules by their weights."""
    ledger = flops.copy()
    for index, call in enumerate(trace.calls):
        module = trace.modules[call.module]
        if module.type in _RECURRENT:
            ledger.add(index, recurrent.weights(module, call, flops=True))
    return ledger


_RECURRENT = frozenset((*recurrent.LAYERS, *recurrent.CELLS))


@lru_cache(maxsize=1)  # both numbers
def _profile(trace: Trace) -> tuple[Ledger, Ledger]:
    return profile(trace, RULES)


def count_flops(trace: Trace) -> Count:
    """Flops as deepspeed's profiler reports them."""
    return with_recurrent(trace, _profile(trace)[0]).close()


def count_macs(trace: Trace) -> Count:
    """MACs as deepspeed's profiler reports them."""
    return _profile(trace)[1].close()


_SOURCE = "https://github.com/deepspeedai/DeepSpeed/blob/v0.19.8/deepspeed/profiling/flops_profiler/profiler.py"
MACS = Convention(name="deepspeed 0.19.8 (MACs)", version="0.19.8", unit="MACs", source=_SOURCE, count=count_macs)
FLOPS = Convention(name="deepspeed 0.19.8 (flops)", version="0.19.8", unit="FLOPs", source=_SOURCE, count=count_flops)
