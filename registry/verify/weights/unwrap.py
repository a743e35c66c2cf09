"""Find the weights inside what a zoo saved: wrapped in dictionaries, under prefixes, beside their average."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
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

STEP_COUNTER = "num_batches_tracked"
"""Batch normalisation's step counter, which files of before torch 0.4.1 lack and inference never reads."""

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
        RefusedError: There are no weights in it, or several sets of weights fit, and nothing says which is meant.
    """
    state: Any = checkpoint
    steps: list[str] = []
    averages = [key for key in AVERAGES if isinstance(state, Mapping) and _wraps(state.get(key))]
    uses_average = bool(averages) and (average or not any(_wraps(state.get(key)) for key in WRAPPERS))
    if uses_average:
        steps.append(averages[0])
        state = state[averages[0]]
    while not _is_state(state):
        wrapper = next((key for key in WRAPPERS if isinstance(state, Mapping) and _wraps(state.get(key))), None)
        if isinstance(state, nn.Module):
            steps.append("the module's state_dict")
            state = state.state_dict()
        elif wrapper is None or len(steps) > 4:
            raise RefusedError(f"there are no weights in the file: {_describe(checkpoint)}")
        else:
            steps.append(wrapper)
            state = state[wrapper]
    stripped = _strip(_modern(state, names), names, average=average and not uses_average)
    return replace(
        stripped,
        steps=(*steps, *stripped.steps),
        average=uses_average or stripped.average,
        has_average=bool(averages) or stripped.has_average,
        versions=getattr(state, "_metadata", None),
    )


def _strip(state: Mapping[str, Any], names: Collection[str], *, average: bool) -> LoadedState:
    """Take off the prefix under which all of a model's names are found; see `unwrap`."""
    needed = {name for name in names if not name.endswith(STEP_COUNTER)}
    counts: Counter[str] = Counter()
    for key in state:
        counts.update(key.removesuffix(name) for name in _endings(key) if name in needed)
    whole = [prefix for prefix, count in counts.items() if needed and count == len(needed)]
    if not whole:
        best = counts.most_common(1)
        prefix = best[0][0] if best and 2 * best[0][1] > len(needed) and not counts.get("") else _shared(state)
        return LoadedState(tensors=_without(state, prefix), steps=(prefix,) if prefix else ())
    averages = [prefix for prefix in whole if _AVERAGE.search(prefix)]
    plain = [prefix for prefix in whole if prefix not in averages]
    prefix = _only(averages if averages and (average or not plain) else plain)
    left = [key for key in state if not key.startswith(prefix)] if prefix else [*state.keys() - set(names)]
    others = tuple(other for other in whole if other and other != prefix)
    dropped = sorted(key for key in left if _TRAINING.match(key) or (others and key.startswith(others)))
    steps = [prefix] if prefix else []
    if dropped:
        steps.append(f"without {dropped[0]}" + (f" and {len(dropped) - 1} more" if len(dropped) > 1 else ""))
    return LoadedState(
        tensors=_without({key: value for key, value in state.items() if key not in set(dropped)}, prefix),
        steps=tuple(steps),
        average=prefix in averages,
        has_average=bool(averages),
    )


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
    return 2 * sum(isinstance(tensor, torch.Tensor) for tensor in value.values()) > len(value)


def _describe(checkpoint: Any) -> str:
    if isinstance(checkpoint, Mapping):
        keys = ", ".join(f"'{key}'" for key in list(checkpoint)[:8])
        return f"it holds {keys}" if keys else "it is empty"
    return f"it holds a {type(checkpoint).__name__}"
