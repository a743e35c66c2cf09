"""calflops 0.3.2: two numbers, MACs and FLOPs. An earlier deepspeed profiler.

Its differences to the one on deepspeed's page:

| function | MACs | FLOPs |
|---|---|---|
| scaled_dot_product_attention, mm, bmm, `@` | 0 | 0 |
| conv_transpose 1-3d | n floor(w / groups) prod(kernel) | 2 MACs, and with bias N w p |
| interpolate, upsample | 0 | prod(size), or n where called with a scale |
| torch.mul, torch.add, and the methods | 0 | elements of both shapes lined up from the left |

w is the second size of the weight, C_out / groups, and p the positions that a plain convolution would have given.

The rest is the same. A module that stands at k places of the tree is summed k times.
"""

from __future__ import annotations

from functools import lru_cache
from math import prod

from registry.verify.conventions import deepspeed, formulas, hooks, names, patched
from registry.verify.conventions.convention import Convention, Count, Ledger
from registry.verify.conventions.deepspeed import SHARED_RULES, FlopsAndMacs, Rule, flops
from registry.verify.trace.data import FunctionCall, Trace, shape_of


def _transposed(call: FunctionCall) -> FlopsAndMacs:
    x, weight = shape_of(call.inputs, 0), shape_of(call.inputs, 1)
    dims = len(x) - 2
    groups = call.options.get("groups", 1)
    filters = weight[1] // int(str(groups))
    macs = x[0] * prod(x[2:]) * x[1] * filters * prod(weight[2:])
    if not shape_of(call.inputs, 2):
        return 2 * macs, macs
    stride, padding, dilation = (
        formulas.per_axis(call.options.get(name, default), dims)
        for name, default in (("stride", 1), ("padding", 0), ("dilation", 1))
    )
    sizes = zip(x[2:], weight[2:], stride, padding, dilation, strict=True)
    positions = prod((length + 2 * p - (d * (kernel - 1) + 1)) // s + 1 for length, kernel, s, p, d in sizes)
    return 2 * macs + weight[1] * x[0] * positions, macs


def _upsample(call: FunctionCall) -> int:
    size = patched.size(call)
    return formulas.elements_in(call) if size is None else prod(size)


RULES: dict[str, Rule] = {
    **SHARED_RULES,
    **dict.fromkeys(names.functional("conv_transpose", dims=(1, 2, 3)), _transposed),
    **dict.fromkeys(names.functional("interpolate", "upsample"), flops(_upsample)),
    **dict.fromkeys(names.function_and_method("mul", "add"), flops(patched.broadcast_from_left)),
}


@lru_cache(maxsize=1)  # both numbers
def _profile(trace: Trace) -> tuple[Ledger, Ledger]:
    return deepspeed.profile(trace, RULES)


def _everywhere(trace: Trace, once: Ledger) -> Count:
    """What is counted, summed for each place that a module stands at."""
    ledger = once.copy()
    for index, times in hooks.places(trace).items():
        if times > 1:
            ledger.add_to_module(index, once.of_module(index) * (times - 1))
    return ledger.close()


def count_flops(trace: Trace) -> Count:
    """FLOPs as calflops reports them."""
    return _everywhere(trace, deepspeed.with_recurrent(trace, _profile(trace)[0]))


def count_macs(trace: Trace) -> Count:
    """MACs as calflops reports them."""
    return _everywhere(trace, _profile(trace)[1])


_SOURCE = "https://github.com/MrYxJ/calculate-flops.pytorch/blob/main/calflops/pytorch_ops.py"
MACS = Convention(name="calflops 0.3.2 (MACs)", version="0.3.2", unit="MACs", source=_SOURCE, count=count_macs)
FLOPS = Convention(name="calflops 0.3.2 (FLOPs)", version="0.3.2", unit="FLOPs", source=_SOURCE, count=count_flops)
