"""A fraction among percentages.

What:
    In one result some scores are printed as percentages and others as fractions of one; or a fraction carries a percent
    sign, so that 0.7655 became `0.7655%`.

Why:
    Read as printed, it says that the model is right in less than one of a hundred cases.

Bad:
    Models:
    - Name: resnet50
      Results:
      - Task: Image Classification
        Dataset: ImageNet
        Metrics:
          Top 1 Accuracy: 0.7655
          Top 5 Accuracy: 93.15

Good:
    Models:
    - Name: resnet50
      Results:
      - Task: Image Classification
        Dataset: ImageNet
        Metrics:
          Top 1 Accuracy: 76.55
          Top 5 Accuracy: 93.15
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from registry.checks.card_view import Entry
from registry.checks.message_text import percent
from registry.checks.rule import Context, Problem, rule
from registry.types import Claim

_LOW = Decimal("0.01")


@rule("MIR205", "mixed-scales", "warning", "entry")
def check(entry: Entry, context: Context) -> Iterator[Problem]:
    of: dict[int, list[Claim]] = defaultdict(list)
    for claim in entry.claims:
        if claim.result is not None and claim.kind == "ratio" and claim.term.bounded:
            of[claim.result].append(claim)
    for claims in of.values():
        yield from _in_result(claims)


def _in_result(claims: list[Claim]) -> Iterator[Problem]:
    fractions = [claim for claim in claims if not claim.reported.percent and 0 < claim.reported.value < 1]
    percentages = [claim for claim in claims if claim.reported.percent]
    if fractions and percentages:
        other = percentages[0]
        for claim in fractions:
            message = f"{claim.label} is {claim.reported}, a fraction, where {other.label} is a percentage"
            yield Problem(message, claim.location, related=(other.location,))
    signed = [claim for claim in percentages if claim.term.family == "accuracy" and claim.reported.value < _LOW]
    if len(signed) > 1 and len(signed) == len(claims):
        for claim in signed:
            message = f"{claim.label} is {percent(claim.reported)}, which looks like a fraction with a percent sign"
            yield Problem(message, claim.location)
