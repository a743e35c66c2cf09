"""fvcore 0.1.5, `FlopCountAnalysis`: multiply-accumulates and some of the rest, in a graph recorded by torch.jit.

With n elements in and o elements out:

| operator | counted |
|---|---|
| convolution, also transposed | MACs, no bias |
| linear, mm, addmm, bmm, matmul | MACs, no bias |
| einsum | half of numpy's optimal cost, rounded down; the two patterns of a batched product exactly |
| batch_norm | 2 n, not affine n; in training 5 n, not affine 4 n |
| layer_norm, group_norm, instance_norm | 5 n, not affine 4 n |
| adaptive_avg_pool2d | n |
| upsample_nearest2d | o |
| upsample_bilinear2d, grid_sampler | 4 o |

Not counted: `scaled_dot_product_attention`, baddbmm, activations, softmax, other pools, `.mean()`, recurrent layers,
and convolutions whose padding is given as a text. fvcore fails on a model that multiplies with a vector (matmul); here
that product is left out.

Switches:

- `attention`: True counts `scaled_dot_product_attention` as MACs, as the same model gives where it multiplies by hand
  (timm's result tables were counted so).
- `norms`: `training` counts BatchNorm as in training mode.
- `text_padding`: True counts convolutions whose padding is a text like any other.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import prod

from registry.verify.conventions import formulas, traced
from registry.verify.conventions.convention import Convention, Count, Ledger
from registry.verify.trace.data import FunctionCall, Trace


def _four_elements_out(function: FunctionCall) -> int:
    return 4 * formulas.elements_out(function)


def _einsum(function: FunctionCall) -> int:
    equation, shapes = formulas.equation(function), formulas.operands(function)
    letters = dict.fromkeys(letter for letter in equation if letter.isalpha())
    names = str.maketrans({letter: chr(ord("a") + index) for index, letter in enumerate(letters)})
    pattern = equation.translate(names)
    if pattern == "abc,abd->acd":
        return prod(shapes[0]) * shapes[1][-1]
    if pattern == "abc,adc->adb":
        return prod(shapes[0]) * shapes[1][1]
    return traced.einsum(function) // 2


_VECTOR = "matmul with a vector"

RULES: dict[str, Callable[[FunctionCall], int]] = {
    "convolution": traced.convolution,
    "linear": formulas.linear,
    "matmul": formulas.matmul,
    "mm": formulas.matmul,
    "bmm": formulas.matmul,
    "addmm": formulas.addmm,
    "einsum": _einsum,
    "batch_norm": formulas.batch_norm,
    "layer_norm": formulas.norm,
    "group_norm": formulas.norm,
    "instance_norm": formulas.norm,
    "adaptive_avg_pool2d": formulas.elements_in,
    "upsample_nearest2d": formulas.elements_out,
    "upsample_bilinear2d": _four_elements_out,
    "grid_sampler": _four_elements_out,
}


def count(trace: Trace, *, attention: bool = False, norms: str = "evaluation", text_padding: bool = False) -> Count:
    """Flops as fvcore reports them, which are multiply-accumulates and some of the rest."""
    return analyse(trace, attention=attention, norms=norms, text_padding=text_padding, vectors=False).close()


def analyse(trace: Trace, *, attention: bool, norms: str, text_padding: bool, vectors: bool) -> Ledger:
    """Count by fvcore's rules.

    Args:
        trace: The trace.
        attention: Whether fused attention counts.
        norms: `evaluation` or `training`.
        text_padding: Whether convolutions whose padding is a text count.
        vectors: Whether products with a vector count; fvcore fails on them, mmengine does not.
    """
    # What the model does not do makes no difference: most of the settings are then one.
    used = _used(trace)
    return _analyse(
        trace,
        attention=attention and "scaled_dot_product_attention" in used,
        norms=norms if "batch_norm" in used else "evaluation",
        text_padding=text_padding and "_convolution_mode" in used,
        vectors=vectors or _VECTOR not in used,
    )


@lru_cache(maxsize=1)
def _used(trace: Trace) -> frozenset[str]:
    """What the settings are about, as far as the model does it."""
    nodes = traced.nodes(trace)
    vector = any(node.name == "matmul" and traced.has_vector(node.function) for node in nodes)
    return frozenset(node.name for node in nodes) | ({_VECTOR} if vector else set())


@lru_cache(maxsize=16)
def _analyse(trace: Trace, *, attention: bool, norms: str, text_padding: bool, vectors: bool) -> Ledger:
    rules = dict(RULES)
    if attention:
        rules["scaled_dot_product_attention"] = formulas.attention
    if norms == "training":
        rules["batch_norm"] = formulas.norm
    if text_padding:
        rules["_convolution_mode"] = traced.convolution
    ledger = Ledger(trace)
    for node in traced.nodes(trace):
        rule = rules.get(node.name)
        if rule is None:
            ledger.skip(node.name)
        elif node.name == "matmul" and not vectors and traced.has_vector(node.function):
            ledger.skip(_VECTOR)
        else:
            ledger.add(node.function.call, rule(node.function))
    return ledger


CONVENTION = Convention(
    name="fvcore 0.1.5",
    version="0.1.5.post20221221",
    unit="MACs",
    source="https://github.com/facebookresearch/fvcore/blob/main/fvcore/nn/flop_count.py",
    count=count,
    switches={"attention": (False, True), "norms": ("evaluation", "training"), "text_padding": (False, True)},
    labels={
        ("attention", True): "attention counted",
        ("norms", "training"): "BatchNorm as in training",
        ("text_padding", True): "text padding counted",
    },
)
