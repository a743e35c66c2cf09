"""Find the weights inside what a zoo saved: wrapped in dictionaries, under prefixes, beside their average."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from registry.verify.weights.digest import RefusedError

_AVERAGE = re.compile(r"(^|[._])(n_)?(ema|averaged?|avg|teacher|momentum|shadow)", re.IGNORECASE)
"""What stands before the names of a moving average: `model_ema.`, `ema_model.`, `teacher.`."""

_TRAINING = re.compile(
    r"(?=\w++(?:\.|$))(?:(?:n_averaged|steps)(?!\w)|(?:\w*_)?(?:criterion|loss|metric|optimizer|acc))",
    re.IGNORECASE,
)
"""What serves in training only and is no part of a model's answer: losses, metrics, counters of an average."""

_COUNTER = "num_batches_tracked"


@dataclass(frozen=True, kw_only=True, slots=True)
class Stripped:
    """Weights under the model's own names.

    Attributes:
        steps: What was taken off or left out.
        average: Whether they are the moving average.
        has_average: Whether a moving average lies beside them.
    """

    tensors: Mapping[str, Any]
    steps: tuple[str, ...] = ()
    average: bool = False
    has_average: bool = False


def strip(state: Mapping[str, Any], names: Collection[str], *, average: bool = False) -> Stripped:
    """Take off the prefix under which all of a model's names are found.

    Raises:
        RefusedError: Several sets of weights fit, and nothing says which is meant.
    """
    needed = {name for name in names if not name.endswith(_COUNTER)}
    found: Counter[str] = Counter()
    for key in state:
        found.update(key.removesuffix(name) for name in _endings(key) if name in needed)
    whole = [prefix for prefix, count in found.items() if needed and count == len(needed)]
    if not whole:
        best = found.most_common(1)
        prefix = best[0][0] if best and 2 * best[0][1] > len(needed) and not found.get("") else _shared(state)
        return Stripped(tensors=_without(state, prefix), steps=(prefix,) if prefix else ())
    averages = [prefix for prefix in whole if _AVERAGE.search(prefix)]
    plain = [prefix for prefix in whole if prefix not in averages]
    asked = averages if averages and (average or not plain) else plain
    prefix = _only(asked)
    left = [key for key in state if not key.startswith(prefix)] if prefix else [*state.keys() - set(names)]
    others = tuple(each for each in whole if each and each != prefix)
    dropped = sorted(key for key in left if _TRAINING.match(key) or (others and key.startswith(others)))
    tensors = {key.removeprefix(prefix): value for key, value in state.items() if key not in set(dropped)}
    steps = [prefix] if prefix else []
    if dropped:
        steps.append(f"without {dropped[0]}" + (f" and {len(dropped) - 1} more" if len(dropped) > 1 else ""))
    return Stripped(tensors=tensors, steps=tuple(steps), average=prefix in averages, has_average=bool(averages))


def _endings(key: str) -> list[str]:
    parts = key.split(".")
    return [".".join(parts[place:]) for place in range(len(parts))]


def _only(prefixes: list[str]) -> str:
    """The one prefix, or the plainest where one holds the others: a name without a prefix, or the shortest one."""
    shortest = min(prefixes, key=len)
    if len(prefixes) > 1 and not all(prefix.startswith(shortest) or not shortest for prefix in prefixes):
        raise RefusedError(f"the file holds several sets of weights that fit: under {', '.join(sorted(prefixes))}")
    return shortest


def _shared(state: Mapping[str, Any]) -> str:
    """A wrapper's prefix that every name has."""
    for prefix in ("module.", "_orig_mod.", "model."):
        if state and all(key.startswith(prefix) for key in state):
            return prefix
    return ""


def _without(state: Mapping[str, Any], prefix: str) -> Mapping[str, Any]:
    return {key.removeprefix(prefix): value for key, value in state.items()} if prefix else state


WRAPPERS = ("state_dict", "model_state_dict", "model_state", "model", "net", "module", "params")
"""Keys under which zoos put the weights: OpenMMLab and timm `state_dict`, torchvision `model`."""

AVERAGES = ("state_dict_ema", "ema_state_dict", "model_ema", "ema_model", "ema")
"""Keys of the exponential moving average: timm `state_dict_ema`, torchvision `model_ema`."""

_OLD_DENSENET = re.compile(r"(?P<layer>denselayer\d+\.(?:norm|relu|conv))\.(?P<number>[12]\.)")


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadedState:
    """The weights of a model.

    Attributes:
        tensors: By name, as the model calls them.
        steps: What was taken off to get there, such as `state_dict` or `module.`, for the evidence.
        average: Whether they are the moving average.
        has_average: Whether the file holds a moving average too.
        versions: What the file says of the layers' own versions; `None` where it says nothing.
        stored: The kinds of numbers that the file holds, such as `bfloat16`, where the evidence should say it.
    """

    tensors: Mapping[str, torch.Tensor]
    steps: tuple[str, ...] = ()
    average: bool = False
    has_average: bool = False
    versions: Mapping[str, Any] | None = None
    stored: str = ""


def unwrap(checkpoint: Any, names: Collection[str], *, average: bool = False) -> LoadedState:
    """The weights in a checkpoint.

    Args:
        checkpoint: What the file holds.
        names: The names that the model has; prefixes are taken off only where that makes names agree.
        average: Take the moving average where there is one.

    Raises:
        RefusedError: There are no weights in it.
    """
    held: Any = checkpoint
    steps: list[str] = []
    averages = [name for name in AVERAGES if isinstance(held, Mapping) and _wraps(held.get(name))]
    if averages and (average or not any(_wraps(held.get(name)) for name in WRAPPERS)):
        steps.append(averages[0])
        held = held[averages[0]]
    while not _is_state(held):
        inner = next((name for name in WRAPPERS if isinstance(held, Mapping) and _wraps(held.get(name))), None)
        if isinstance(held, nn.Module):
            steps.append("the module's state_dict")
            held = held.state_dict()
        elif inner is None or len(steps) > 4:
            raise RefusedError(f"there are no weights in the file: {_describe(checkpoint)}")
        else:
            steps.append(inner)
            held = held[inner]
    taken = bool(averages) and steps[:1] == averages[:1]
    found = strip(_modern(held, names), names, average=average and not taken)
    return LoadedState(
        tensors=found.tensors,
        steps=(*steps, *found.steps),
        average=taken or found.average,
        has_average=bool(averages) or found.has_average,
        versions=getattr(held, "_metadata", None),
    )


def _modern(state: Mapping[str, Any], names: Collection[str]) -> Mapping[str, Any]:
    """DenseNet's layers by their names of today: those of before torch 0.4 had one dot more."""
    if state.keys() <= set(names) or not any(map(_OLD_DENSENET.search, state)):
        return state
    return {_OLD_DENSENET.sub(r"\g<layer>\g<number>", key): value for key, value in state.items()}


def _wraps(value: Any) -> bool:
    return isinstance(value, nn.Module) or (isinstance(value, Mapping) and len(value) > 0)


def _is_state(value: Any) -> bool:
    """Whether it maps names to tensors; `_extra_state` and counters may be anything."""
    if not isinstance(value, Mapping) or not value or not all(isinstance(key, str) for key in value):
        return False
    return _mostly_tensors(value.values())


def _mostly_tensors(values: Iterable[Any]) -> bool:
    found = [isinstance(value, torch.Tensor) for value in values]
    return sum(found) * 2 > len(found)


def _describe(checkpoint: Any) -> str:
    if isinstance(checkpoint, Mapping):
        keys = ", ".join(f"'{key}'" for key in list(checkpoint)[:8])
        return f"it holds {keys}" if keys else "it is empty"
    return f"it holds a {type(checkpoint).__name__}"
