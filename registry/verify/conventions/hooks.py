"""Counting by hooks on modules: the rules that several tools share, and how their sums run over the module tree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import lru_cache
from math import prod

from registry.verify.conventions import formulas, names
from registry.verify.conventions.convention import Ledger
from registry.verify.trace.data import Module, ModuleCall, Trace

Rule = Callable[[Module, ModuleCall], int]
Rules = Mapping[str, Rule | None]
"""By exact type, its rule; `None` for what a tool knows and counts as 0."""


CONVOLUTIONS = names.modules("Conv", dims=(1, 2, 3))
TRANSPOSED = names.modules("ConvTranspose", dims=(1, 2, 3))
BATCH_NORMS = names.modules("BatchNorm", dims=(1, 2, 3))
INSTANCE_NORMS = names.modules("InstanceNorm", dims=(1, 2, 3))
MAX_POOLS = names.modules("MaxPool", "AdaptiveMaxPool", dims=(1, 2, 3))
AVERAGE_POOLS = names.modules("AvgPool", dims=(1, 2, 3))
ADAPTIVE_AVERAGE_POOLS = names.modules("AdaptiveAvgPool", dims=(1, 2, 3))
UPSAMPLES = names.modules("Upsample", "UpsamplingBilinear2d", "UpsamplingNearest2d")


def elements_in(_module: Module, call: ModuleCall) -> int:
    """n: elements of the first input."""
    return formulas.elements_in(call)


def elements_out(_module: Module, call: ModuleCall) -> int:
    """o: elements of the first output."""
    return formulas.elements_out(call)


def one_sample_out(_module: Module, call: ModuleCall) -> int:
    """Elements of the first sample of the output, which ptflops and mmcv count for an upsampling."""
    return prod(call.outputs[0][1:])


def is_affine(module: Module) -> bool:
    """Whether a normalisation says that it scales."""
    return bool(module.attributes.get("affine") or module.attributes.get("elementwise_affine"))


def linear(module: Module, call: ModuleCall) -> int:
    """O in_features."""
    return elements_out(module, call) * module.number("in_features")


def convolution(module: Module, call: ModuleCall) -> int:
    """O C_in / groups prod(kernel)."""
    channels = module.number("in_channels") // module.number("groups")
    return elements_out(module, call) * channels * prod(module.shape("weight")[2:])


def transposed(module: Module, call: ModuleCall) -> int:
    """The same with a transposed convolution's input and its output channels."""
    channels = module.number("out_channels") // module.number("groups")
    return elements_in(module, call) * channels * prod(module.shape("weight")[2:])


def upsampling(**cost: int) -> Rule:
    """The rule of an upsampling: o times the cost of an element in its mode, 0 in other modes."""

    def rule(module: Module, call: ModuleCall) -> int:
        return elements_out(module, call) * cost.get(str(module.attributes["mode"]), 0)

    return rule


def own_counts(trace: Trace, rules: Rules, ledger: Ledger) -> Counter[int]:
    """What each module's hooks count, by its index; leaves without a rule are noted as uncounted."""
    own: Counter[int] = Counter()
    for call in trace.calls:
        module = trace.modules[call.module]
        if module.type in rules:
            rule = rules[module.type]
            if rule is not None:
                own[call.module] += rule(module, call)
        elif not module.children:
            ledger.skip(module.type)
    return own


def count_tree(trace: Trace, rules: Rules, ledger: Ledger, indices: Iterable[int]) -> None:
    """Add up what each module's hooks count, times its places: thop hooks a module once for each place in the tree."""
    own, times = own_counts(trace, rules, ledger), places(trace)
    for index in indices:
        if index in own:
            ledger.add_to_module(index, own[index] * times[index])


@lru_cache(maxsize=1)  # four conventions ask
def places(trace: Trace) -> Counter[int]:
    """At how many places of the tree each module stands, by its index."""
    return Counter((0, *walk(trace, ())))


def walk(trace: Trace, whole: Collection[str]) -> list[int]:
    """Every module below the model, once for each place in the tree; what is inside a type of `whole` is left out."""
    modules, indices = trace.modules, []
    left = list(modules[0].children[::-1])
    while left:
        index = left.pop()
        indices.append(index)
        if modules[index].type not in whole:
            left += modules[index].children[::-1]
    return indices
