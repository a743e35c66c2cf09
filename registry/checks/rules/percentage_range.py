"""A score outside 0 to 100 %.

What:
    An accuracy, precision or another share that is negative or more than a hundred percent.

Why:
    There is no such score: a decimal point is missing, or the number belongs elsewhere.

Bad:
    Models:
    - Name: resnet50
      Results:
      - Task: Image Classification
        Dataset: ImageNet
        Metrics:
          Top 1 Accuracy: 1074.67%

Good:
    Models:
    - Name: resnet50
      Results:
      - Task: Image Classification
        Dataset: ImageNet
        Metrics:
          Top 1 Accuracy: 74.67%
"""

from __future__ import annotations

from collections.abc import Iterator

from registry.checks.context import Context
from registry.checks.entry import Entry
from registry.checks.rule import Problem, rule


@rule("MIR204", "percentage-range", "error", "entry")
def check(entry: Entry, context: Context) -> Iterator[Problem]:
    for number in entry.numbers:
        term, quantity = number.term, number.quantity
        if quantity is None or term.kind != "ratio":
            continue
        if quantity.value < 0:
            yield Problem(f"{number.label} is {quantity}; it cannot be negative", number.said.location)
        elif term.bounded and quantity.value > 1:
            yield Problem(f"{number.label} is {quantity}; it cannot exceed 100 %", number.said.location)
