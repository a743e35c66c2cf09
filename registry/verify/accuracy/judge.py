"""From a measured share to a verdict, in words that a maintainer can act upon."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from registry.types import Claim, Kind, Verdict
from registry.verify.tasks import Score


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreJudgement:
    """What a score says of a claim.

    Attributes:
        verdict: The verdict.
        reason: Why, in one sentence.
        difference: By how many samples the measurement and the claim differ; `None` where it is no share of samples.
    """

    verdict: Verdict
    reason: str
    difference: int | None = None


def judge(claim: Claim, score: Score) -> ScoreJudgement:
    """Hold a score against a claim.

    `reproduced`: it lies inside the printed precision. `within-tolerance`: the score's 95 % interval reaches into it:
    as many samples could not tell the two apart. Otherwise `refuted`.
    """
    reported = claim.reported
    found = measured(score, claim.kind)
    off = None if score.right is None else _difference(claim, score)
    between = " to ".join(shown(bound, claim.kind) for bound in score.interval)
    if reported.holds(exact(score)):
        return ScoreJudgement(verdict="reproduced", reason=f"{found} ({between}), as the card says", difference=off)
    low, high = (Decimal(repr(bound)) for bound in score.interval)
    interval = f"the 95 % interval {between}"
    said = f"the card's {reported}" + ("" if off is None else f" is {_samples(off)}")
    if low <= reported.value + reported.half_width and high >= reported.value - reported.half_width:
        verdict: Verdict = "within-tolerance"
        where = f"inside {interval}"
    else:
        verdict, where = "refuted", f"outside {interval}"
    return ScoreJudgement(verdict=verdict, reason=f"{found}; {said}, {where}", difference=off)


def exact(score: Score) -> Decimal:
    """The score without the rounding of floating point, where it is a share of samples."""
    if score.right is None or score.samples == 0:
        return Decimal(repr(score.value))
    return Decimal(score.right) / Decimal(score.samples)


def measured(score: Score, kind: Kind = "ratio") -> str:
    """A score in words."""
    if score.right is None:
        return f"{shown(score.value, kind)} over {score.samples} samples"
    return f"{score.right} of {score.samples} samples, {percent(score.value)}"


def shown(value: float, kind: Kind) -> str:
    """A value of a metric as people print it: a share in per cent, an error or a bare number with five digits.

    >>> shown(0.975, "ratio"), shown(1.38224, "number")
    ('97.50%', '1.3822')
    """
    return percent(value) if kind == "ratio" else f"{value:.5g}"


def percent(share: float) -> str:
    """A share as people print it.

    >>> percent(0.975)
    '97.50%'
    """
    return f"{100 * share:.2f}%"


def _difference(claim: Claim, score: Score) -> int:
    """How many samples more the card reports than were found, at the least that its printed precision allows."""
    reported, right = claim.reported, score.right or 0
    low = (reported.value - reported.half_width) * score.samples
    high = (reported.value + reported.half_width) * score.samples
    if right < low:
        return max(1, round(low - right))
    return -max(1, round(right - high)) if right > high else 0


def _samples(off: int) -> str:
    return f"{abs(off)} sample{'' if abs(off) == 1 else 's'} {'more' if off > 0 else 'fewer'}"
