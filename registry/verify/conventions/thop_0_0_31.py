"""thop 0.0.31, before its rules changed: what many numbers published from 2019 to 2022 were counted with.

It hooks modules by their exact type. With n elements in and o elements out of a module:

| module | counted |
|---|---|
| Conv, ConvTranspose 1-3d | o (floor(C_in / groups) prod(kernel) + 1 with bias) |
| Linear | o in_features, no bias |
| BatchNorm 1-3d, SyncBatchNorm | 2 n |
| LeakyReLU | n |
| AvgPool 1-3d | o |
| AdaptiveAvgPool 1-3d | o (prod floor(in / out) + 1) |
| Upsample | linear 5 o, bilinear 11 o, bicubic 259 o, nearest and trilinear 0 |
| RNN, GRU, LSTM and their cells | see below |

A recurrent layer, with I inputs and H units, takes a step and sample: one gate for RNN, three gates and 4 H for GRU,
four gates and 4 H for LSTM; a gate is (I + H) H + H, and 2 H more with bias. Further layers take the output of the one
before, and two directions take twice as much.

All else is 0: LayerNorm, ReLU, Softmax, functional calls (so attention), and subclasses of the types above. The model
itself is not counted if it is one of these types, nor is what a counted module contains. A module that stands at k
places of the tree is hooked k times and summed k times, so k x k.

Switches, for numbers counted with an older library whose classes were others than today's:

- `head`: False leaves the classifier out. timm 0.4 made it of a subclass of Linear, which thop does not know.
- `norms`: `derived` counts subclasses of BatchNorm as well: timm's BatchNormAct2d was BatchNorm2d and an activation.
  `fused` counts neither them nor the activation inside: it was one operator of another package (inplace_abn).
"""

from __future__ import annotations

from functools import lru_cache
from math import prod

from registry.verify.conventions import hooks, names, recurrent
from registry.verify.conventions.convention import Convention, Count, Ledger
from registry.verify.conventions.hooks import Rules
from registry.verify.trace.data import Module, ModuleCall, Trace, shape_of


def _convolution(module: Module, call: ModuleCall) -> int:
    return hooks.convolution(module, call) + hooks.elements_out(module, call) * module.has("bias")


def _batch_norm(module: Module, call: ModuleCall) -> int:
    return 2 * hooks.elements_in(module, call)


def _adaptive_pool(module: Module, call: ModuleCall) -> int:
    sizes = zip(shape_of(call.inputs)[2:], call.outputs[0][2:], strict=False)
    return hooks.elements_out(module, call) * (prod(size // outputs for size, outputs in sizes) + 1)


_NORMS = frozenset((*hooks.BATCH_NORMS, "torch.nn.SyncBatchNorm"))
RULES: Rules = {
    **dict.fromkeys((*hooks.CONVOLUTIONS, *hooks.TRANSPOSED), _convolution),
    "torch.nn.Linear": hooks.linear,
    **dict.fromkeys(_NORMS, _batch_norm),
    "torch.nn.LeakyReLU": hooks.elements_in,
    **dict.fromkeys(hooks.AVERAGE_POOLS, hooks.elements_out),
    **dict.fromkeys(hooks.ADAPTIVE_AVERAGE_POOLS, _adaptive_pool),
    **dict.fromkeys(hooks.UPSAMPLES, hooks.upsampling(linear=5, bilinear=11, bicubic=259)),
    **recurrent.RULES,
    **dict.fromkeys((*hooks.MAX_POOLS, *names.modules("ZeroPad2d", "ReLU", "ReLU6", "Dropout")), None),
}


def count(trace: Trace, *, head: bool = True, norms: str = "exact") -> Count:
    """Operations as thop 0.0.31 reports them."""
    ledger = _summed(trace, norms if _derived(trace) else "exact")
    return ledger.close(without=frozenset() if head else trace.heads)


def _derived(trace: Trace) -> set[str]:
    """Types without a rule whose base is a BatchNorm."""
    return {name for name, bases in trace.types.items() if name not in RULES and not _NORMS.isdisjoint(bases)}


@lru_cache(maxsize=3)  # each with the head and without
def _summed(trace: Trace, norms: str) -> Ledger:
    rules, derived = dict(RULES), _derived(trace)
    if norms != "exact":
        rules.update(dict.fromkeys(derived, _batch_norm if norms == "derived" else None))
    ledger = Ledger(trace)
    hooks.count_tree(trace, rules, ledger, hooks.walk(trace, rules.keys() - derived if norms == "derived" else rules))
    return ledger


CONVENTION = Convention(
    name="thop 0.0.31",
    version="0.0.31.post2005241907",
    unit="MACs",
    source="https://pypi.org/project/thop/0.0.31.post2005241907/",
    count=count,
    switches={"head": (True, False), "norms": ("exact", "derived", "fused")},
    labels={
        ("head", False): "without head",
        ("norms", "derived"): "subclasses of BatchNorm counted",
        ("norms", "fused"): "fused BatchNorm not counted",
    },
)
