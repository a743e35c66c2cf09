"""A count that no model has.

What:
    Fewer than a hundred parameters or a thousand FLOPs, a fraction of a parameter, or more than has ever been built.

Why:
    Nearly always the unit is missing: `25.6` was meant as 25.6 million. Compared with other models it is off by a
    factor of a million.

Bad:
    Models:
    - Name: resnet50
      Metadata:
        Parameters: 25.6

Good:
    Models:
    - Name: resnet50
      Metadata:
        Parameters: 25.6M
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from registry.checks.card_view import Entry
from registry.checks.rule import Context, Problem, rule

_SENSIBLE = {
    "parameters": (Decimal(100), Decimal(10) ** 14),
    "flops": (Decimal(1000), Decimal(10) ** 18),
    "file-size": (Decimal(200), Decimal(10) ** 14),
}
_TRAINING = {"Epochs": 10**6, "Batch Size": 10**8}


@rule("MIR203", "absurd-quantity", "warning", "entry")
def check(entry: Entry, context: Context) -> Iterator[Problem]:
    for subject, claim in entry.counts.items():
        least, most = _SENSIBLE.get(subject, (None, None))
        value = claim.reported.value
        if least is None or most is None or value <= 0 or least <= value <= most:
            continue
        hint = "Is a unit missing, such as M or G?" if value < least else "Is there a digit or a unit too many?"
        message = f"{claim.label} is {claim.reported}; no model has so {'few' if value < least else 'many'}"
        yield Problem(message, claim.location, hint)
    for name, limit in _TRAINING.items():
        field = entry.owner.metadata.get(name)
        if field is not None and not field.inherited and isinstance(field.value, int | float) and field.value > limit:
            yield Problem(f"{name} is {field.value}, which is more than anybody trained with", field.location)
