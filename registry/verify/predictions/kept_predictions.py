"""What is asked of answers that are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt

Counted = Literal["samples", "pixels"]


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptPredictions:
    """The answers of one model on one dataset, samples in the dataset's order.

    Attributes:
        model: The model's name.
        dataset: The dataset's name.
        samples: Name of each sample, shape (n,).
        digests: What it was made from: `weights`, `dataset`, `preprocessing`, as in evidence.
        ARRAYS: The arrays of its file, each with NumPy's letter for what it holds; the first axis is the samples'.
        COUNTED: What its classes are counted in.
    """

    ARRAYS: ClassVar[Mapping[str, str]]
    COUNTED: ClassVar[Counted]

    model: str
    dataset: str
    samples: npt.NDArray[np.str_]
    digests: Mapping[str, str] = field(default_factory=dict)

    def metrics(self) -> tuple[str, ...]:
        """The usual metrics that can be taken from it."""
        raise NotImplementedError

    def score(self, subject: str) -> tuple[float, int | None]:
        """A metric as a fraction of one, and how many samples are right where it is a share of samples.

        Raises:
            PredictionsError: The metric cannot be taken from these answers, or there is no sample.
        """
        raise NotImplementedError

    def per_class(self, subject: str) -> dict[int, tuple[int, int]]:
        """For each class, how many count as right, and of how many.

        Raises:
            PredictionsError: See `score`.
        """
        raise NotImplementedError
