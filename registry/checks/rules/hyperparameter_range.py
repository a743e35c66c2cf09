"""A training setting outside its range.

What:
    A dropout rate, momentum, label smoothing, crop share or the like that is not between 0 and 1, or a learning rate or
    weight decay that is negative.

Why:
    Nobody trained with it, so nobody can repeat the training.

Bad:
    Models:
    - Name: AlexNet
      Metadata:
        Momentum: 9

Good:
    Models:
    - Name: AlexNet
      Metadata:
        Momentum: 0.9
"""

from __future__ import annotations

from collections.abc import Iterator

from registry.checks.context import Context
from registry.checks.entry import Entry
from registry.checks.rule import Problem, rule
from registry.vocabulary import fold

_RANGES: dict[str, tuple[float, float]] = {
    "batchnorm momentum": (0, 1),
    "crop pct": (0, 1),
    "dropout": (0, 1),
    "drop path": (0, 1),
    "drop rate": (0, 1),
    "label smoothing": (0, 1),
    "lr": (0, 1000),
    "lr gamma": (0, 1),
    "learning rate": (0, 1000),
    "momentum": (0, 1),
    "rmsprop decay": (0, 1),
    "stochastic depth survival": (0, 1),
    "weight decay": (0, 10),
}


@rule("MIR208", "hyperparameter-range", "warning", "entry")
def check(entry: Entry, context: Context) -> Iterator[Problem]:
    for field in entry.own:
        allowed = _RANGES.get(fold(field.name))
        if allowed is None or isinstance(field.value, bool):
            continue
        try:
            value = float(field.value)
        except (TypeError, ValueError):
            continue
        low, high = allowed
        if not low <= value <= high:
            message = f"{field.name} is {field.text or field.value}; it lies between {low:g} and {high:g}"
            yield Problem(message, field.location)
