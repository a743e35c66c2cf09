"""ptflops 0.7.5 with its `aten` back end, its default.

It sees aten operators on the CPU:

| operator | counted |
|---|---|
| mm, bmm | MACs |
| addmm | MACs, and the output's elements for the bias |
| convolution | MACs, and the output's elements with bias |
| transposed convolution | the same, MACs over input positions |

Not counted: attention that torch fuses on the CPU (`scaled_dot_product_attention`), baddbmm, LSTM (one oneDNN operator
on the CPU), normalisation, activation, pooling.
"""

from __future__ import annotations

from math import prod

from registry.verify.conventions.base import Convention, Count, Ledger
from registry.verify.conventions.torch_counter import MACS
from registry.verify.trace.data import Trace, shape_of

_FUSED = frozenset({"torch.nn.functional.scaled_dot_product_attention", "torch.lstm"})


def count(trace: Trace) -> Count:
    """MACs as ptflops' aten back end reports them."""
    ledger = Ledger(trace)
    fused = [function.name in _FUSED for function in trace.functions]
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
