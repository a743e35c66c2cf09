"""A training setting outside its range.

What:
    A dropout rate, momentum, label smoothing or the like that is not between 0 and 1, a crop share that is not between
    0 and 2, or a learning rate or weight decay that is negative.

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

_RANGES: dict[str, tuple[float, float]] = {
    "BatchNorm Momentum": (0, 1),
    "Crop Pct": (0, 2),  # VOLO is tested at 1.15: the picture is made smaller than the crop, and padded
    "Drop Path": (0, 1),
    "Dropout": (0, 1),
    "LR": (0, 1000),
    "LR Gamma": (0, 1),
    "Label Smoothing": (0, 1),
    "Learning Rate": (0, 1000),
    "Momentum": (0, 1),
    "RMSProp Decay": (0, 1),
    "Stochastic Depth Survival": (0, 1),
    "Weight Decay": (0, 10),
}


@rule("MIR208", "hyperparameter-range", "warning", "entry")
def check(entry: Entry, context: Context) -> Iterator[Problem]:
    metadata = entry.owner.metadata
    for name in _RANGES.keys() & metadata.keys():
        field = metadata[name]
        if field.inherited or isinstance(field.value, bool):
            continue
        try:
            value = float(field.value)
        except (TypeError, ValueError):
            continue
        low, high = _RANGES[name]
        if not low <= value <= high:
            message = f"{field.name} is {field.text or field.value}; it lies between {low:g} and {high:g}"
            yield Problem(message, field.location)
