"""A number that cannot be read.

What:
    A count, size or score is written in a way that nobody can turn into a number, or with a unit that it cannot have;
    or it is infinite, or not a number at all, as `.nan` and `!!float "1e400"` are. A word for nothing, such as `none`
    or `n/a`, is a warning.

Why:
    The claim can be neither compared nor verified, and most programs drop it.

Bad:
    Models:
    - Name: AlexNet
      Metadata:
        Parameters: banana

Good:
    Models:
    - Name: AlexNet
      Metadata:
        Parameters: 61.1M
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from registry.checks.addresses import NOWHERE
from registry.checks.card_view import Entry
from registry.checks.message_text import short
from registry.checks.rule import Context, Problem, rule


@rule("MIR201", "unreadable-quantity", "error", "entry")
def check(entry: Entry, context: Context) -> Iterator[Problem]:
    complaints: set[int] = set()
    for quantity in entry.unreadable:
        value = quantity.said.value
        complaints.add(id(quantity.said))
        if value.strip() if isinstance(value, str) else _is_number(value):
            absent = isinstance(value, str) and value.strip().casefold() in NOWHERE
            message = f"{quantity.label}: {quantity.problem}"
            if absent:
                yield Problem(message, quantity.location, "Leave the key out.", severity="warning")
            else:
                yield Problem(message, quantity.location)
    # A score under a name that nobody knows is one too, where it could be any number but these.
    for result in entry.results:
        for metric in result.metrics:
            if id(metric) not in complaints and isinstance(metric.value, float) and not math.isfinite(metric.value):
                yield Problem(f"{metric.name or metric.type}: {short(metric.text)} is not a number", metric.location)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
