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
    for claim in entry.claims:
        if claim.kind != "ratio":
            continue
        if claim.reported.value < 0:
            yield Problem(f"{claim.label} is {claim.reported}; it cannot be negative", claim.location)
        elif claim.term.bounded and claim.reported.value > 1:
            yield Problem(f"{claim.label} is {claim.reported}; it cannot exceed 100 %", claim.location)
