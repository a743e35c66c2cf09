"""From a measured score to a verdict; see `registry.evidence.rejudge.score` for the rules."""

from __future__ import annotations

from registry.evidence.rejudge.evaluated import Circumstances
from registry.evidence.rejudge.score import ScoreJudgement, judge_score
from registry.numbers import percent
from registry.types import Claim
from registry.verify.tasks import Score

USUAL = Circumstances()


def judge(claim: Claim, score: Score, circumstances: Circumstances = USUAL) -> ScoreJudgement:
    """Hold a score against a claim.

    Args:
        claim: The claim.
        score: What was measured.
        circumstances: What else the verdict depends on.
    """
    facts = circumstances.facts(
        claim.subject, value=score.value, samples=score.samples, interval=score.interval, right=score.right
    )
    return judge_score(claim.reported, facts)


def measured(score: Score) -> str:
    """A score in words."""
    if score.right is None:
        return f"{percent(score.value)} over {score.samples} samples"
    return f"{score.right} of {score.samples} samples, {percent(score.value)}"
