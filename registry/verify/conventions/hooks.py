"""Counting by hooks on modules: the rules that several tools share, and how their sums run over the module tree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from math import prod

from registry.verify.conventions.convention import Ledger
from registry.verify.trace.data import Module, ModuleCall, Trace, shape_of

Rule = Callable[[Module, ModuleCall], int]
Rules = Mapping[str, Rule | None]
"""By exact type, its rule; `None` for what a tool knows and counts as 0."""


def types(*names: str, dims: tuple[int, ...] = ()) -> tuple[str, ...]:
    """Full names of torch's modules: `types("Conv", dims=(1, 2))` is `torch.nn.Conv1d`, `torch.nn.Conv2d`."""
    return tuple(f"torch.nn.{name}{f'{dim}d' if dim else ''}" for name in names for dim in dims or (0,))


CONVOLUTIONS = types("Conv", dims=(1, 2, 3))
TRANSPOSED = types("ConvTranspose", dims=(1, 2, 3))
BATCH_NORMS = types("BatchNorm", dims=(1, 2, 3))
INSTANCE_NORMS = types("InstanceNorm", dims=(1, 2, 3))
MAX_POOLS = types("MaxPool", "AdaptiveMaxPool", dims=(1, 2, 3))
AVERAGE_POOLS = types("AvgPool", dims=(1, 2, 3))
ADAPTIVE_AVERAGE_POOLS = types("AdaptiveAvgPool", dims=(1, 2, 3))
UPSAMPLES = types("Upsample", "UpsamplingBilinear2d", "UpsamplingNearest2d")


def elements_in(_module: Module, call: ModuleCall) -> int:
    """n: elements of the first input."""
    return prod(shape_of(call.inputs))


def elements_out(_module: Module, call: ModuleCall) -> int:
    """o: elements of the first output."""
    return prod(call.outputs[0])


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


@lru_cache(maxsize=1)  # four conventions ask
def times(trace: Trace) -> Counter[int]:
    """How often `Module.apply` comes by each module, by its index."""
    return Counter((0, *summed(trace, ())))


def summed(trace: Trace, closed: Collection[str]) -> list[int]:
    """Every module below, as often as it stands in the tree; what is inside a `closed` type is left out."""
    modules, found = trace.modules, []
    left = list(modules[0].children[::-1])
    while left:
        index = left.pop()
        found.append(index)
        if modules[index].type not in closed:
            left += modules[index].children[::-1]
    return found
