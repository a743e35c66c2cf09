"""torchinfo 1.8.0, `total_mult_adds`.

It takes parameters for operations, in modules without children. With P the elements of one parameter:

| module | counted |
|---|---|
| class name with `Conv` in it | weight and bias: P N prod(out positions) |
| any other, parameters `weight` and `bias` | P N |
| any other, names with `weight` or `bias` in them (recurrent layers) | P times the output's first two sizes |

So a linear layer is not multiplied by its tokens, and attention counts nothing. It is not what a FLOP count should be;
numbers counted with it are about right for convolutional networks only.
"""

from __future__ import annotations

from math import prod

from registry.verify.conventions.convention import Convention, Count, Ledger
from registry.verify.trace.data import Trace


def count(trace: Trace) -> Count:
    """Mult-adds as torchinfo reports them."""
    ledger = Ledger(trace)
    for index, call in enumerate(trace.calls):
        module = trace.modules[call.module]
        if module.children or not call.outputs:
            continue
        out = call.outputs[0]
        convolution = "Conv" in module.type.rpartition(".")[2]
        for parameter in module.parameters:
            elements = prod(parameter.shape)
            if parameter.name in ("weight", "bias"):
                ledger.add(index, elements * (out[0] * prod(out[2:]) if convolution else out[0]))
            elif "weight" in parameter.name or "bias" in parameter.name:
                ledger.add(index, elements * prod(out[:2]))
        if not module.parameters:
            ledger.skip(module.type)
    return ledger.close()


CONVENTION = Convention(
    name="torchinfo 1.8.0",
    version="1.8.0",
    unit="MACs",
    source="https://github.com/TylerYep/torchinfo/blob/v1.8.0/torchinfo/layer_info.py",
    count=count,
)
