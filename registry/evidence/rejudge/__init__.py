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

_NEEDS_A_MEASUREMENT: frozenset[Verdict] = frozenset({"reproduced", "within-tolerance", "refuted"})


def contradictions(evidence: Evidence, claim: Claim | None = None) -> tuple[str, ...]:
    """What in a record does not follow from the rest of it, one sentence each; empty for what `mir` wrote.

    Of a way to measure that is not known here, nothing can be said.

    Args:
        evidence: The record.
        claim: The claim as the card makes it today, where there is a card.
    """
    measurement, recorded = evidence.measurement, evidence.claim
    if claim is not None and claim.digest == recorded.digest and not _same_number(claim.reported, recorded.reported):
        number = f"{recorded.reported.value:f}"[:40]
        return (f"the record reads the card's {claim.reported} as {number}",)
    if measurement is None:
        settled = evidence.verdict in _NEEDS_A_MEASUREMENT
        return (f"the verdict is {evidence.verdict}, and nothing was measured",) if settled else ()
    judge = METHODS.get(measurement.method)
    if judge is None or evidence.verdict == "error":
        return ()
    try:
        return tuple(judge(evidence, measurement))
    except (ArithmeticError, ValueError) as error:  # numbers that no measurement has, such as one of 400 digits
        return (f"its numbers are beyond what can be judged: {error}",)


def _same_number(one: Quantity, other: Quantity) -> bool:
    return (one.value, one.half_width, one.unit) == (other.value, other.half_width, other.unit)
