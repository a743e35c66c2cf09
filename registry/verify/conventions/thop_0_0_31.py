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
| RNN, GRU, LSTM and their cells | as in `recurrent` |

All else is 0: LayerNorm, ReLU, Softmax, functional calls (so attention), and subclasses of the types above. The model
itself is not counted if it is one of these types, nor is what a counted module contains. A module that stands at k
places of the tree is hooked k times and summed k times, so k x k.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from math import prod

from registry.verify.conventions import recurrent
from registry.verify.conventions.base import Convention, Count, Ledger
from registry.verify.trace.data import Module, ModuleCall, Trace, shape_of

Rule = Callable[[Module, ModuleCall], int]


def out(call: ModuleCall) -> int:
    """Number of elements of the module's first output."""
    return prod(call.outputs[0])


def _convolution(module: Module, call: ModuleCall) -> int:
    macs = module.number("in_channels") // module.number("groups") * prod(module.shape("weight")[2:])
    return out(call) * (macs + module.has("bias"))


def _linear(module: Module, call: ModuleCall) -> int:
    return out(call) * module.number("in_features")


def _batch_norm(_module: Module, call: ModuleCall) -> int:
    return 2 * prod(shape_of(call.inputs))


def _leaky_relu(_module: Module, call: ModuleCall) -> int:
    return prod(shape_of(call.inputs))


def _average_pool(_module: Module, call: ModuleCall) -> int:
    return out(call)


def _adaptive_pool(_module: Module, call: ModuleCall) -> int:
    sizes = zip(shape_of(call.inputs)[2:], call.outputs[0][2:], strict=False)
    return out(call) * (prod(size // wanted for size, wanted in sizes) + 1)


UPSAMPLING = {"linear": 5, "bilinear": 11, "bicubic": 259}


def upsample(module: Module, call: ModuleCall) -> int:
    """Operations by the module's mode."""
    return out(call) * UPSAMPLING.get(str(module.attributes["mode"]), 0)


def _cell(module: Module, call: ModuleCall) -> int:
    kind = module.type.rpartition(".")[2].removesuffix("Cell")
    inputs, hidden = module.number("input_size"), module.number("hidden_size")
    return shape_of(call.inputs)[0] * recurrent.cell(kind, inputs, hidden, bias=module.has("bias_ih"))


def _layers(module: Module, call: ModuleCall) -> int:
    kind = module.type.rpartition(".")[2]
    return prod(shape_of(call.inputs)[:2]) * recurrent.layers(kind, module)


CONVOLUTIONS = tuple(f"torch.nn.{kind}{d}d" for kind in ("Conv", "ConvTranspose") for d in (1, 2, 3))
BATCH_NORMS = (*(f"torch.nn.BatchNorm{d}d" for d in (1, 2, 3)), "torch.nn.SyncBatchNorm")
AVERAGE_POOLS = tuple(f"torch.nn.AvgPool{d}d" for d in (1, 2, 3))
ADAPTIVE_POOLS = tuple(f"torch.nn.AdaptiveAvgPool{d}d" for d in (1, 2, 3))
UPSAMPLES = ("torch.nn.Upsample", "torch.nn.UpsamplingBilinear2d", "torch.nn.UpsamplingNearest2d")
FREE = (
    *(f"torch.nn.{name}{d}d" for name in ("MaxPool", "AdaptiveMaxPool") for d in (1, 2, 3)),
    *(f"torch.nn.{name}" for name in ("ZeroPad2d", "ReLU", "ReLU6", "Dropout")),
)

RULES: dict[str, Rule | None] = {
    **dict.fromkeys(CONVOLUTIONS, _convolution),
    "torch.nn.Linear": _linear,
    **dict.fromkeys(BATCH_NORMS, _batch_norm),
    "torch.nn.LeakyReLU": _leaky_relu,
    **dict.fromkeys(AVERAGE_POOLS, _average_pool),
    **dict.fromkeys(ADAPTIVE_POOLS, _adaptive_pool),
    **dict.fromkeys(UPSAMPLES, upsample),
    **dict.fromkeys(("torch.nn.RNNCell", "torch.nn.GRUCell", "torch.nn.LSTMCell"), _cell),
    **dict.fromkeys(("torch.nn.RNN", "torch.nn.GRU", "torch.nn.LSTM"), _layers),
    **dict.fromkeys(FREE, None),
}
"""By exact type, its rule; `None` for what thop knows and counts as 0."""


def count(trace: Trace) -> Count:
    """Operations as thop 0.0.31 reports them."""
    return hooked(trace, RULES, containers=frozenset()).close()


def hooked(trace: Trace, rules: dict[str, Rule | None], *, containers: frozenset[str]) -> Ledger:
    """Count by hooks on exact types, and sum over the tree the way thop does.

    Args:
        trace: The trace.
        rules: By exact type, its rule.
        containers: Types that have a rule and whose children are counted all the same.
    """
    own: Counter[int] = Counter()
    ledger = Ledger(trace)
    for call in trace.calls:
        module = trace.modules[call.module]
        if module.type in rules:
            rule = rules[module.type]
            if rule is not None:
                own[call.module] += rule(module, call)
        elif not module.children:
            ledger.skip(module.type)
    hooks = Counter(_places(trace, 0))
    for index in _summed(trace, 0, rules.keys() - containers):
        ledger.add_to_module(index, own[index] * hooks[index])
    return ledger


def _places(trace: Trace, index: int) -> Iterator[int]:
    """Every module as often as `Module.apply` comes by it."""
    yield index
    for child in trace.modules[index].children:
        yield from _places(trace, child)


def _summed(trace: Trace, index: int, closed: frozenset[str] | set[str]) -> Iterator[int]:
    """The modules that are summed: those with a rule, not looking inside them."""
    for child in trace.modules[index].children:
        if trace.modules[child].type in closed:
            yield child
        else:
            yield from _summed(trace, child, closed)


CONVENTION = Convention(
    name="thop 0.0.31",
    version="0.0.31.post2005241907",
    unit="MACs",
    source="https://pypi.org/project/thop/0.0.31.post2005241907/",
    count=count,
)
