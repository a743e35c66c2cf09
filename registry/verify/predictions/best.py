"""The best answers to each sample, from which accuracies are taken."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from registry.types import PredictionsError
from registry.verify.predictions.kept_predictions import Counted, KeptPredictions

_TOP = re.compile(r"(?:top-(?P<k>[1-9]\d?)-)?(?:accuracy|error)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Predictions(KeptPredictions):
    """See `KeptPredictions`.

    Attributes:
        labels: Right class of each sample, shape (n,).
        top: The classes with the highest scores, highest first, shape (n, k); -1 throughout for a sample that could
            not be read, which therefore counts as wrong.
        scores: Their scores, shape (n, k), 32-bit floats.
    """

    ARRAYS: ClassVar = {"samples": "U", "labels": "i", "top": "i", "scores": "f"}
    COUNTED: ClassVar[Counted] = "samples"

    labels: npt.NDArray[np.int32]
    top: npt.NDArray[np.int32]
    scores: npt.NDArray[np.float32]

    def __post_init__(self) -> None:
        if self.labels.ndim != 1 or self.top.ndim != 2 or self.scores.shape != self.top.shape:
            raise ValueError("its arrays do not fit together")

    def metrics(self) -> tuple[str, ...]:
        """See `KeptPredictions`."""
        return tuple(f"top-{k}-accuracy" for k in sorted({1, self.top.shape[1]}))

    def score(self, subject: str) -> tuple[float, int | None]:
        """See `KeptPredictions`."""
        right, count = int(self.correct(_answers(subject)).sum()), len(self.labels)
        if count == 0:
            raise PredictionsError("there is no sample")
        return ((count - right if subject.endswith("error") else right) / count), right

    def per_class(self, subject: str = "accuracy") -> dict[int, tuple[int, int]]:
        """See `KeptPredictions`."""
        right = self.correct(_answers(subject))
        return {
            int(label): (int(right[self.labels == label].sum()), int((self.labels == label).sum()))
            for label in np.unique(self.labels)
        }

    def correct(self, k: int = 1) -> npt.NDArray[np.bool_]:
        """Whether each sample's right class is among its `k` best answers.

        Raises:
            PredictionsError: Fewer than `k` answers were kept.
        """
        if not 1 <= k <= self.top.shape[1]:
            raise PredictionsError(f"holds the best {self.top.shape[1]} answers of each sample, not the best {k}")
        found: npt.NDArray[np.bool_] = (self.top[:, :k] == self.labels[:, None]).any(axis=1)
        return found


def _answers(subject: str) -> int:
    """How many of each sample's best answers a metric looks at."""
    match = _TOP.fullmatch(subject)
    if match is None:
        raise PredictionsError(f"{subject} cannot be taken from each sample's best answers")
    return int(match["k"] or 1)
