"""A score outside of what it can be.

What:
    An accuracy, precision or another share that is negative or more than a hundred percent; a distance or error, such
    as FID, that is negative; an SSIM between 1 and 10, which is neither a fraction nor a percentage; a PSNR above 120
    dB.

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

from registry.checks.card_view import Entry
from registry.checks.rule import Context, Problem, rule
from registry.types import Claim


@rule("MIR204", "percentage-range", "error", "entry")
def check(entry: Entry, context: Context) -> Iterator[Problem]:
    for claim in entry.claims:
        value, term = claim.reported.value, claim.term
        # Correlations, and tracking with more false tracks than true ones, are below zero.
        if claim.kind == "ratio" and value < (0 if term.least is None else term.least):
            yield Problem(f"{claim.label} is {claim.reported}; it cannot be negative", claim.location)
        elif claim.kind == "ratio" and term.bounded and value > 1:
            yield Problem(f"{claim.label} is {claim.reported}; it cannot exceed 100 %", claim.location)
        elif _is_neither(claim):
            yield Problem(f"{claim.label} is {claim.reported}; it cannot exceed 1", claim.location)
        elif term.least is not None and claim.kind == "number" and value < term.least:
            message = f"{claim.label} is {claim.reported}; it cannot be below {term.least}"
            yield Problem(message, claim.location)
        elif term.most is not None and value > term.most:
            message = f"{claim.label} is {claim.reported}; no model reaches {term.most}"
            yield Problem(message, claim.location, hint="Is the decimal point missing?")


def _is_neither(claim: Claim) -> bool:
    """Whether a number above one is too small for a percentage; one with a percent sign is what it says."""
    if not claim.reported.percent or "%" in claim.reported.text or claim.reported.value < 0:
        return False
    return claim.reported.value * 100 < claim.term.percent_from
