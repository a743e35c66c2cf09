"""What a model predicted for every sample, with the references: enough to take its metrics again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptPredictions:
    """The predictions of one model on one dataset, samples in the dataset's order.

    Attributes:
        task: Name of the task, whose `score` takes metrics from it.
        model: The model's name.
        dataset: The dataset's name.
        samples: Name of each sample, shape (n,).
        classes: Name of each class, in the order of their numbers; empty where there are none.
        digests: What it was made from: `weights`, `dataset`, `preprocessing`, as in evidence.
        arrays: Predictions and references by name; the first axis is the samples'.
        documents: Such of them as are no arrays, as JSON data: COCO's results, for example.
    """

    task: str
    model: str
    dataset: str
    samples: npt.NDArray[np.str_]
    classes: tuple[str, ...] = ()
    digests: Mapping[str, str] = field(default_factory=dict)
    arrays: Mapping[str, npt.NDArray[Any]] = field(default_factory=dict)
    documents: Mapping[str, Any] = field(default_factory=dict)
