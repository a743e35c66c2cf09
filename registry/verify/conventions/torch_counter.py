"""torch's own counter, `torch.utils.flop_counter.FlopCounterMode`. torchvision's published `_ops` are half of it.

It sees aten operators. Per operator, a multiplication and an addition being two:

| operator | FLOPs |
|---|---|
| mm (m, k) by (k, n); addmm | 2 m k n |
| bmm, baddbmm with batch b | 2 b m k n |
| convolution | 2 N C_out prod(out) C_in/groups prod(kernel) |
| transposed convolution | the same over input positions, prod(in) |
| attention, fused or flexible, also with fewer heads of keys | 2 prod(batch of q) L S (E + E_v) |
| the same over sequences laid end to end | the sum over them, by their lengths |
| backward of a convolution | that of the gradient of its input, and that of its weight, where they are asked for |
| backward of attention | 2 prod(batch of q) L S (3 E + 2 E_v) |

Nothing else counts: no bias, normalisation, activation, pooling, softmax, elementwise arithmetic or product with a
vector. Counted here is every operator of its registry, also those of gradients, which some models take as they run; the
one that is left out is the gradient of flexible attention, `flex_attention_backward`. The same counter run on CPU
leaves out attention that torch fuses there; on meta and CUDA tensors, and here, it is counted.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import prod

from registry.verify.conventions import formulas
from registry.verify.conventions.convention import Convention, Count, Ledger
from registry.verify.trace.data import Operator, Trace, shape_of


def _convolution(op: Operator) -> int:
    transposed = bool(op.options.get("transposed"))
    return formulas.convolution(shape_of(op.inputs, 0), shape_of(op.inputs, 1), op.outputs[0], transposed=transposed)


def _convolution_backward(op: Operator) -> int:
    gradient, x, weight = (shape_of(op.inputs, index) for index in range(3))
    transposed, mask = bool(op.options.get("transposed")), op.options.get("output_mask")
    of_input, of_weight = mask[:2] if isinstance(mask, tuple) else (True, True)
    products = formulas.convolution(gradient, weight, x, transposed=not transposed) if of_input else 0
    if of_weight:
        positions = gradient if not transposed else x
        products += prod(weight[2:]) * prod(positions[2:]) * gradient[0] * gradient[1] * x[1]
    return products


def _attention(op: Operator) -> int:
    lengths = op.options.get("lengths")
    if not isinstance(lengths, tuple):
        return formulas.attention(op)
    query, value = shape_of(op.inputs, 0), shape_of(op.inputs, 2)
    heads, widths = query[-2], query[-1] + value[-1]
    return sum(heads * pair[0] * pair[1] * widths for pair in lengths if isinstance(pair, tuple))  # type: ignore[operator, misc]


def _attention_backward(op: Operator) -> int:
    """Five products: the scores again, and the gradients of scores, values, queries and keys."""
    _, query, key, value = (shape_of(op.inputs, index) for index in range(4))
    return prod(query[:-1]) * key[-2] * (3 * query[-1] + 2 * value[-1])


MACS: dict[str, Callable[[Operator], int]] = {
    "aten.mm": formulas.matmul,
    "aten.bmm": formulas.matmul,
    "aten._scaled_mm": formulas.matmul,
    "aten.addmm": formulas.addmm,
    "aten.baddbmm": formulas.addmm,
    "aten.convolution": _convolution,
    "aten._convolution": _convolution,
    "aten.convolution_overrideable": _convolution,
    "aten.cudnn_convolution": _convolution,
    "aten._slow_conv2d_forward": _convolution,
    "aten._scaled_dot_product_efficient_attention": _attention,
    "aten._scaled_dot_product_flash_attention": _attention,
    "aten._scaled_dot_product_cudnn_attention": _attention,
    "aten._efficient_attention_forward": _attention,
    "aten._flash_attention_forward": _attention,
    "aten.convolution_backward": _convolution_backward,
    "aten._scaled_dot_product_efficient_attention_backward": _attention_backward,
    "aten._scaled_dot_product_flash_attention_backward": _attention_backward,
    "aten._scaled_dot_product_cudnn_attention_backward": _attention_backward,
    "aten._efficient_attention_backward": _attention_backward,
    "aten._flash_attention_backward": _attention_backward,
}
"""By operator, its multiply-accumulates. On the meta device attention runs unfused, as two bmm."""


@lru_cache(maxsize=1)  # the MACs are asked for as well
def macs(trace: Trace) -> Ledger:
    """The ledger of multiply-accumulates that torch counts."""
    ledger = Ledger(trace)
    for op in trace.operators:
        rule = MACS.get(op.name)
        if rule is None:
            ledger.skip(op.name)
        else:
            ledger.add(op.call, rule(op))
    return ledger


def count(trace: Trace) -> Count:
    """FLOPs: twice the multiply-accumulates."""
    once = macs(trace).close()
    return Count(
        total=2 * once.total,
        by_layer={path: 2 * count for path, count in once.by_layer.items()},
        uncounted=once.uncounted,
    )


CONVENTION = Convention(
    name="torch",
    version="2.13.0",
    unit="FLOPs",
    source="https://github.com/pytorch/pytorch/blob/v2.13.0/torch/utils/flop_counter.py",
    count=count,
)
