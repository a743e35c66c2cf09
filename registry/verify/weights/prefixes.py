"""Tell what a training script put before the names of a model's weights, and beside them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from registry.verify.weights.refused import RefusedError

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
        tensors: By name; what is left over keeps its own name.
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

    Args:
        state: Tensors by name.
        names: The model's names.
        average: Take the moving average where there is one.

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
