"""A record judged again: what its verdict should be, from the claim and the measurement in it, without torch.

Each way to measure has one pure function here, under the name of its `method`; the verdict of a new measurement comes
from the same rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from registry.evidence.claim_key import IMPORTED
from registry.evidence.rejudge import counted, evaluated, imported, timed
from registry.types import Claim, Evidence, Measurement, Quantity, Verdict

Contradictions = Callable[[Evidence, Measurement], Iterator[str]]

METHODS: Mapping[str, Contradictions] = {
    "count": counted.contradictions,
    "evaluate": evaluated.contradictions,
    "time": timed.contradictions,
    IMPORTED: imported.contradictions,
    imported.RUN: imported.contradictions,
}
"""Ways to measure, each with what finds out what does not follow in its records."""

COUNTED = frozenset({"parameters", "flops", "file-size"})
"""Subjects that are counted from a model's structure, which takes nothing but its code."""

TIMED = frozenset({"inference-time", "throughput", "peak-memory"})
"""Subjects that are timed, here or on the machine that the card names."""

SETTLED: frozenset[Verdict] = frozenset({"reproduced", "within-tolerance", "refuted"})
"""Verdicts that a measurement makes, and that hold until something they depend on changes."""


def contradictions(evidence: Evidence, claim: Claim | None = None) -> tuple[str, ...]:
    """What in a record does not follow from the rest of it, one sentence each; empty for what `mir` wrote.

    Args:
        evidence: The record.
        claim: The claim as the card makes it today, where there is a card.
    """
    measurement, recorded = evidence.measurement, evidence.claim
    if claim is not None and claim.digest == recorded.digest and not _same_number(claim.reported, recorded.reported):
        number = f"{recorded.reported.value:f}"[:40]
        return (f"the record reads the card's {claim.reported} as {number}",)
    if measurement is None:
        settled = evidence.verdict in SETTLED
        return (f"the verdict is {evidence.verdict}, and nothing was measured",) if settled else ()
    if evidence.verdict == "error":
        return ()
    try:
        return (*_form(evidence, measurement), *_judged(evidence, measurement))
    except (ArithmeticError, ValueError) as error:  # numbers that no measurement has, such as one of 400 digits
        return (f"its numbers are beyond what can be judged: {error}",)


def _judged(evidence: Evidence, measurement: Measurement) -> Iterator[str]:
    judge = METHODS.get(measurement.method)
    return iter(()) if judge is None else judge(evidence, measurement)


def _form(evidence: Evidence, measurement: Measurement) -> Iterator[str]:
    """What no record of such a claim can be, whatever its numbers are."""
    method, subject = measurement.method, evidence.claim.subject
    if method not in METHODS:
        yield f"it was measured by {method[:40]!a}, and there is no such way to measure"
    elif method != IMPORTED and (subject in COUNTED, subject in TIMED) != (method == "count", method == "time"):
        yield f"{subject} is not what {method!a} measures"


def _same_number(one: Quantity, other: Quantity) -> bool:
    return (one.value, one.half_width, one.unit) == (other.value, other.half_width, other.unit)
