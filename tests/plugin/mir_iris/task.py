"""Mean class accuracy: the accuracy of each class, averaged, so that rare classes weigh as much as frequent ones."""

from __future__ import annotations

import numpy as np

from registry.types import Claim
from registry.verify.predictions import KeptPredictions
from registry.verify.statistics import bootstrap
from registry.verify.tasks import Classification, Score


class MeanClassAccuracy(Classification):
    """Keeps what classification keeps, and takes another metric from it."""

    name = "mean-class-accuracy"

    def takes(self, claim: Claim) -> bool:
        """Whether a claim is of this metric."""
        return claim.subject == "mean-class-accuracy"

    def metrics(self, kept: KeptPredictions) -> tuple[str, ...]:
        """What `mir rescore` takes from a file of predictions."""
        return ("mean-class-accuracy",)

    def score(self, kept: KeptPredictions, subject: str) -> Score:
        """The mean over classes of the share of their samples that are right."""
        self.check(kept)
        labels = kept.arrays["labels"]
        of_class = labels[:, None] == np.unique(labels)
        right = of_class & (kept.arrays["top"][:, :1] == labels[:, None])
        classes = of_class.shape[1]
        parts = np.concatenate([right, of_class], axis=1)

        def mean(sums: np.ndarray) -> np.ndarray:
            return np.mean(sums[:, :classes] / sums[:, classes:], axis=1)

        value = mean(parts.sum(0, keepdims=True))[0]
        return Score(value=float(value), samples=len(labels), interval=bootstrap(parts, mean))
