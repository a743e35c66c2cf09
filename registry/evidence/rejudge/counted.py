"""Records of counts and of files' sizes: a verdict says whether the count lies inside what the card prints."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from registry.evidence.rejudge.printed import readings
from registry.types import Evidence, Measurement


def contradictions(evidence: Evidence, measurement: Measurement) -> Iterator[str]:
    """What in the record of a count does not follow from the rest of it, one sentence each."""
    claim, value = evidence.claim, Decimal(repr(measurement.value))
    holds = any(reading.holds(value) for reading, _ in readings(claim.reported))
    if evidence.verdict == "within-tolerance":
        yield "the verdict is within-tolerance, and a count has no tolerance"
    elif evidence.verdict == "reproduced" and not holds:
        yield f"the verdict is reproduced, and the card's {claim.reported} is not {measurement.value}"
    elif evidence.verdict == "refuted" and holds:
        yield f"the verdict is refuted, and the card's {claim.reported} is {measurement.value}"
