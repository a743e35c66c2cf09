"""ptflops 0.7.5 with its `aten` back end, its default.

It sees aten operators on the CPU:

| operator | counted |
|---|---|
| mm, bmm | MACs |
| addmm | MACs, and the output's elements for the bias |
| convolution | MACs, and the output's elements with bias |
| transposed convolution | the same, MACs over input positions |

Not counted: attention that torch fuses on the CPU (`scaled_dot_product_attention`), baddbmm, LSTM (one oneDNN operator
on the CPU), normalisation, activation, pooling. Torch fuses attention of four dimensions whose values are as wide as
its keys, and whose mask is not learned; that is taken for learned where the model itself passes it.
"""

from __future__ import annotations

from math import prod

from registry.verify.conventions.convention import Convention, Count, Ledger
from registry.verify.conventions.torch_counter import MACS
from registry.verify.trace.data import FunctionCall, Trace, shape_of


def _is_fused(function: FunctionCall) -> bool:
    """Whether the CPU runs a function as one operator that is not counted."""
    if function.name != "torch.nn.functional.scaled_dot_product_attention":
        return function.name == "torch.lstm"
    query, value = shape_of(function.inputs, 0), shape_of(function.inputs, 2)
    learned = bool(shape_of(function.inputs, 3)) and function.caller < 0
    return len(query) == 4 and query[-1] == value[-1] and not learned


def count(trace: Trace) -> Count:
    """MACs as ptflops' aten back end reports them."""
    ledger = Ledger(trace)
    fused = [_is_fused(function) for function in trace.functions]
    for op in trace.operators:
        if op.name == "aten.baddbmm" or op.name not in MACS or (op.function >= 0 and fused[op.function]):
            ledger.skip(op.name)
            continue
        bias = op.name == "aten.addmm" or (op.name == "aten.convolution" and bool(shape_of(op.inputs, 2)))
        ledger.add(op.call, MACS[op.name](op) + (prod(op.outputs[0]) if bias else 0))
    return ledger.close()


CONVENTION = Convention(
    name="ptflops 0.7.5 (aten)",
    version="0.7.5",
    unit="MACs",
    source="https://github.com/sovrasov/flops-counter.pytorch/blob/master/ptflops/aten_ops.py",
    count=count,
)
