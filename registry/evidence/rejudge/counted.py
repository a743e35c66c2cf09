"""Records of counts and of files' sizes: a verdict says whether the count lies inside what the card prints."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from registry.evidence.rejudge.count_chance import recorded_verdict
from registry.types import Evidence, Measurement


def contradictions(evidence: Evidence, measurement: Measurement) -> Iterator[str]:
    """What in the record of a count does not follow from the rest of it, one sentence each."""
    claim = evidence.claim
    if evidence.verdict == "within-tolerance":
        yield "the verdict is within-tolerance, and a count has no tolerance"
    if evidence.verdict not in ("reproduced", "refuted"):
        return
    if "tried" not in measurement.details:
        # A record of before the counts that were tried were kept: it was the only one.
        alone = {measurement.convention or "": measurement.value}
        measurement = replace(measurement, details={**measurement.details, "tried": alone})
    follows, why = recorded_verdict(claim.reported, measurement)
    if follows != evidence.verdict:
        yield f"the verdict is {evidence.verdict}, and {follows} follows for the card's {claim.reported}: {why}"
