"""Draw samples at random and stop as soon as the claim is decided."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from registry.types import Claim, PredictionsError, Unverifiable
from registry.verify.accuracy.confidence import above, below, interval
from registry.verify.accuracy.judge import ScoreJudgement, percent
from registry.verify.evaluation.gatherer import Gatherer
from registry.verify.tasks import Score, Task
from registry.verify.tasks.base import Hits

MARGIN = 0.01
"""How near the claim the whole interval must lie for the claim to be let stand, as a fraction of one."""

BATCH_SIZE = 64


def draw(fingerprint: str, samples: int) -> list[int]:
    """All samples in an order that depends on the dataset's contents alone, so that a run can be done again."""
    seed = int(fingerprint.removeprefix("sha256:")[:16], 16)
    return [int(index) for index in np.random.default_rng(seed).permutation(samples)]


class Sampling:
    """Watches one model's answers as they come.

    A claim is decided when the anytime-valid interval leaves out all that its printed precision allows, or lies within
    `MARGIN` of it. Where neither happens, every sample is read and the usual judgement follows.
    """

    def __init__(self, claims: Sequence[Claim], gatherer: Gatherer, population: int) -> None:
        self._claims = claims
        self._gatherer = gatherer
        self._population = population

    def enough(self) -> bool:
        """Whether every claim is decided."""
        return all(self._refuted(claim) or self._stands(claim) for claim in self._claims)

    def judge(self, claim: Claim) -> tuple[Score, ScoreJudgement] | None:
        """What the drawn samples say of a claim, `None` where all were read and nothing is left to chance."""
        hits = self._hits(claim)
        if hits is None or len(hits) == self._population:
            return None
        low, high = interval(hits, self._population)
        score = Score(
            value=float(hits.mean()),
            samples=len(hits),
            right=int(hits.sum()),
            interval=(low, high),
            details={"population": self._population, "drawn": "at random, in an order set by the dataset's digest"},
        )
        drawn = f"{score.right} of {len(hits)} samples drawn at random from {self._population}, {percent(score.value)}"
        where = f"the 95 % interval {percent(low)} to {percent(high)}, which holds whenever one stops"
        if self._refuted(claim):
            return score, ScoreJudgement(
                verdict="refuted", reason=f"{drawn}; the card's {claim.reported} is outside {where}"
            )
        reason = f"{drawn}; the card's {claim.reported} is within {percent(MARGIN)} of all of {where}"
        return score, ScoreJudgement(verdict="within-tolerance", reason=reason)

    def _hits(self, claim: Claim) -> Hits | None:
        """Whether each sample that was drawn counts, in the order of drawing.

        `None` where none could be read yet, or the metric is no share of samples: then all of them are read.
        """
        try:
            return self._gatherer.task.hits(self._gatherer.drawn(), self._gatherer.task.subject(claim))
        except (PredictionsError, Unverifiable):
            return None

    def _refuted(self, claim: Claim) -> bool:
        hits, reported = self._hits(claim), claim.reported
        low, high = float(reported.value - reported.half_width), float(reported.value + reported.half_width)
        return hits is not None and (above(hits, self._population, high) or below(hits, self._population, low))

    def _stands(self, claim: Claim) -> bool:
        hits, value = self._hits(claim), float(claim.reported.value)
        if hits is None:
            return False
        return above(hits, self._population, value - MARGIN) and below(hits, self._population, value + MARGIN)


def sampling_of(claims: Sequence[Claim], gatherer: Gatherer, population: int) -> Sampling | None:
    """A watch over a model's predictions, `None` where its metrics are no shares of samples: then all are read."""
    return None if type(gatherer.task).hits is Task.hits else Sampling(claims, gatherer, population)
