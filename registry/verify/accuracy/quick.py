"""Draw samples at random and stop as soon as the claim is decided."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import numpy as np

from registry.evidence.rejudge.evaluated import Circumstances
from registry.evidence.rejudge.sampling import bounds
from registry.evidence.rejudge.score import decide
from registry.types import Claim, PredictionsError, Unverifiable
from registry.verify.evaluation.gatherer import Gatherer
from registry.verify.tasks import Score, Task
from registry.verify.tasks.task import Hits

BATCH_SIZE = 64


def draw(fingerprint: str, samples: int, claim: Claim | None = None) -> list[int]:
    """All samples in an order that can be drawn again.

    Args:
        fingerprint: The dataset's.
        samples: How many there are.
        claim: Whose own order it is; one that all claims of the dataset share where `None`.
    """
    words = fingerprint if claim is None else f"{fingerprint} {claim.digest}"
    seed = int.from_bytes(hashlib.sha256(words.encode()).digest()[:8], "big")
    return [int(index) for index in np.random.default_rng(seed).permutation(samples)]


class Sampling:
    """Watches one model's answers as they come, and freezes what each claim is decided by.

    The question is the full run's: whether the number over all samples is the card's, but for the few that other
    decoding may turn. Where it is not decided before, every sample is read and counted. What a claim is decided by
    does not depend on which other claims are read for.
    """

    def __init__(
        self, claims: Sequence[Claim], gatherer: Gatherer, population: int, unreadable: Callable[[], int]
    ) -> None:
        self._claims = claims
        self._gatherer = gatherer
        self._population = population
        self._unreadable = unreadable
        self._decided: dict[str, tuple[Score, Circumstances]] = {}

    def enough(self) -> bool:
        """Look at the answers so far, and say whether every claim is decided."""
        for claim in self._claims:
            hits = None if claim.digest in self._decided else self._hits(claim)
            if hits is None:
                continue
            score, circumstances = self._now(hits)
            facts = circumstances.facts(
                claim.subject, value=score.value, samples=score.samples, interval=score.interval, right=score.right
            )
            assert score.right is not None
            if decide(claim.reported, facts, score.right, self._population) is not None:
                self._decided[claim.digest] = score, circumstances
        return len(self._decided) == len(self._claims)

    def decided(self, claim: Claim) -> tuple[Score, Circumstances] | None:
        """What a claim was decided by, `None` where all samples were read and nothing is left to chance."""
        decision = self._decided.get(claim.digest)
        return decision if decision is not None and decision[0].samples < self._population else None

    def _now(self, hits: Hits) -> tuple[Score, Circumstances]:
        right, samples = int(hits.sum()), len(hits)
        low, high = bounds(right, samples, self._population)
        score = Score(
            value=right / samples if samples else 0.0,
            samples=samples,
            right=right,
            interval=(low / self._population, high / self._population),
        )
        return score, Circumstances(population=self._population, unreadable_count=self._unreadable())

    def _hits(self, claim: Claim) -> Hits | None:
        """Whether each sample that was drawn counts.

        `None` where none could be read yet, or the metric is no share of samples: then all of them are read.
        """
        try:
            return self._gatherer.task.hits(self._gatherer.kept(drawn=True), self._gatherer.task.subject(claim))
        except (PredictionsError, Unverifiable):
            return None


def sampling_of(
    claims: Sequence[Claim], gatherer: Gatherer, population: int, unreadable: Callable[[], int]
) -> Sampling | None:
    """A watch over a model's predictions, `None` where its metrics are no shares of samples: then all are read."""
    shares = type(gatherer.task).hits is not Task.hits
    return Sampling(claims, gatherer, population, unreadable) if shares else None
