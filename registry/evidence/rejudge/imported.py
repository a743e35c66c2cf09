"""Records of what another harness measured: its number held against the card's, by the rules of every score."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from registry.evidence.claim_key import IMPORTED
from registry.evidence.rejudge.score import ScoreFacts, ScoreJudgement, judge_score
from registry.types import Evidence, Measurement, Quantity

RUN = "harness"
"""The method of a measurement with a harness that mir itself ran; that of a log is `claim_key.IMPORTED`."""


def is_imported(evidence: Evidence | None) -> bool:
    """Whether somebody else measured: such evidence is shown, and never counted as mir's own."""
    return evidence is not None and evidence.measurement is not None and evidence.measurement.method == IMPORTED


def judge_imported(
    reported: Quantity,
    *,
    value: float,
    samples: int | None,
    interval: tuple[float, float] | None,
    details: Mapping[str, Any],
) -> ScoreJudgement:
    """Hold a harness's number against a claim.

    Args:
        reported: What the card says.
        value: What the harness measured, in the claim's unit.
        samples: How many samples are behind it, `None` where the log does not say.
        interval: What its standard error makes of it, `None` where it has none.
        details: Of the record: `right` (how many samples count), `part` (why it is no measurement of all of the data),
            `doubt` (why a refutation would be unfair).
    """
    right = details.get("right")
    facts = ScoreFacts(
        value=value,
        samples=samples or 0,
        interval=interval or (value, value),
        right=right if samples and isinstance(right, int) and not isinstance(right, bool) else None,
        complete=details.get("complete") is True or not samples,
        obstacle=str(details.get("part") or ""),
        doubt=str(details.get("doubt") or ""),
    )
    return judge_score(reported, facts)


def contradictions(evidence: Evidence, measurement: Measurement) -> Iterator[str]:
    """What in such a record does not follow from the rest of it, one sentence each."""
    details, samples = measurement.details, measurement.samples
    if not details.get("harness"):
        yield "it does not say which harness measured"
        return
    right = details.get("right")
    if isinstance(right, int) and samples and abs(measurement.value * samples - right) > 1e-6 * samples:
        yield f"{right} of {samples} samples are not {measurement.value}"
        return
    judged = judge_imported(
        evidence.claim.reported,
        value=float(measurement.value),
        samples=samples,
        interval=measurement.interval,
        details=details,
    )
    if judged.verdict != evidence.verdict:
        yield f"the verdict is {evidence.verdict}, and what was measured makes {judged.verdict}: {judged.reason}"
