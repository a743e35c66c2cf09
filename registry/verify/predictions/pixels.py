"""The pixels of each class in each sample, from which the metrics of semantic segmentation are taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from registry.types import PredictionsError
from registry.verify.predictions.kept_predictions import Counted, KeptPredictions

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, slots=True)
class PixelCounts(KeptPredictions):
    """See `KeptPredictions`. Pixels that the masks leave out are in none of the counts, nor are unreadable samples.

    Attributes:
        agreed: Pixels of each class where answer and mask agree, shape (n, classes).
        answered: Pixels that the model gave to each class, of the same shape.
        there: Pixels that the masks give to each class, of the same shape.
    """

    ARRAYS: ClassVar = {"samples": "U", "agreed": "i", "answered": "i", "there": "i"}
    COUNTED: ClassVar[Counted] = "pixels"

    agreed: Counts
    answered: Counts
    there: Counts

    def __post_init__(self) -> None:
        if self.agreed.ndim != 2 or not self.agreed.shape == self.answered.shape == self.there.shape:
            raise ValueError("its arrays do not fit together")

    def metrics(self) -> tuple[str, ...]:
        """See `KeptPredictions`."""
        return ("mean-iou",)

    def score(self, subject: str) -> tuple[float, int | None]:
        """See `KeptPredictions`."""
        values = [agreed / joined for agreed, joined in self.per_class(subject).values()]
        if not values:
            raise PredictionsError("there is no sample")
        return float(np.mean(values)), None

    def per_class(self, subject: str = "mean-iou") -> dict[int, tuple[int, int]]:
        """See `KeptPredictions`: for each class claimed or there, the pixels that agree, and those of either."""
        if subject != "mean-iou":
            raise PredictionsError(f"{subject} cannot be taken from the pixels of each class")
        agreed, joined = _total(self.agreed), _total(self.joined)
        return {int(each): (int(agreed[each]), int(joined[each])) for each in np.flatnonzero(joined)}

    @property
    def joined(self) -> Counts:
        """Pixels of each class that are claimed or there, shape (n, classes): the union of intersection over union."""
        joined: Counts = self.answered.astype(np.int64) + self.there - self.agreed
        return joined


def _total(counts: Any) -> Counts:
    total: Counts = counts.sum(axis=0, dtype=np.int64)
    return total
