"""A count that is zero or negative.

What:
    Parameters, FLOPs, file size, epochs or batch size are zero or less.

Why:
    There is no such model. The number was mistyped, or stands for one that nobody knew.

Bad:
    Models:
    - Name: AlexNet
      Metadata:
        FLOPs: -3

Good:
    Models:
    - Name: AlexNet
      Metadata:
        FLOPs: 1429383808
"""

from __future__ import annotations

from collections.abc import Iterator

from registry.checks.context import Context
from registry.checks.entry import Entry
from registry.checks.rule import Problem, rule

_TRAINING = ("Epochs", "Batch Size")


@rule("MIR202", "not-positive", "error", "entry")
def check(entry: Entry, context: Context) -> Iterator[Problem]:
    for claim in entry.counts.values():
        if claim.reported.value <= 0:
            yield Problem(f"{claim.label} is {claim.reported}; it cannot be zero or less", claim.location)
    for name in _TRAINING:
        field = entry.owner.metadata.get(name)
        if field is not None and not field.inherited and isinstance(field.value, int | float) and field.value <= 0:
            yield Problem(f"{name} is {field.value}; it cannot be zero or less", field.location)
