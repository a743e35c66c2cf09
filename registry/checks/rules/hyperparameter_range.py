"""A training setting outside its range.

What:
    A dropout rate, momentum, label smoothing or the like that is not between 0 and 1, a crop share that is not between
    0 and 2, a learning rate, weight decay or memory that is negative, or memory that no machines have; or epochs, a
    batch or memory in words, with a decimal comma, or with a sign behind the number.

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

from registry.checks.card_view import Entry
from registry.checks.message_text import short
from registry.checks.rule import Context, Problem, rule
from registry.lazy_regex import lazy_regex

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
    "Training Memory (GB)": (0, 2000),
    "Weight Decay": (0, 10),
}

_COUNTS = frozenset({"Batch Size", "Epochs", "Training Memory (GB)"})
_NAMES = _RANGES.keys() | _COUNTS
_WORDS = lazy_regex(r"[A-Za-z]{3,}(?: [A-Za-z]+)*|\d+(?:\.\d+)? ?[†‡*^%$#!?]{1,4}|\d+,\d{1,2}")
"""A text without digits, or a number with a footnote's sign or a decimal comma; `n/a` and `-` are another rule's."""


@rule("MIR208", "hyperparameter-range", "warning", "entry")
def check(entry: Entry, context: Context) -> Iterator[Problem]:
    metadata = entry.owner.metadata
    for name in _NAMES & metadata.keys():
        field = metadata[name]
        if field.inherited or isinstance(field.value, bool):
            continue
        try:
            value = float(field.value)
        except (TypeError, ValueError):
            if isinstance(field.value, str) and field.name in _COUNTS and _WORDS.fullmatch(field.value):
                yield Problem(f"{field.name} is {short(field.value)}, which is no number", field.location)
            continue
        low, high = _RANGES.get(name, (value, value))
        if not low <= value <= high:
            message = f"{field.name} is {field.text or field.value}; it lies between {low:g} and {high:g}"
            yield Problem(message, field.location)
