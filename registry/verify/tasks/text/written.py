"""What tasks share that compare a written text with the right one: documents, and scores by the field's libraries."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from registry.types import PredictionsError
from registry.verify.predictions import KeptPredictions
from registry.verify.statistics import bootstrap
from registry.verify.tasks.task import Score, Task

if TYPE_CHECKING:
    from torch import nn

    from registry.verify.model_inputs import Inputs

Sums = npt.NDArray[np.float64]


class Written(Task):
    """See `Task`. `predicted` and `right` are a text for each sample; one that cannot be read is answered by none."""

    documents: ClassVar = ("predicted", "right")
    blank: ClassVar = {"predicted": ""}

    def running(self, model: nn.Module, inputs: Inputs) -> nn.Module:
        """See `Task`."""
        from registry.verify.tasks.text.writing import writer

        return writer(model, inputs)

    def predictions(self, outputs: Any, references: Any, indices: Sequence[int], dataset: Any) -> Mapping[str, Any]:  # noqa: ARG002
        """See `Task`."""
        return {"predicted": list(outputs)}

    def references(self, dataset: Any, indices: npt.NDArray[np.int64]) -> Mapping[str, Any]:
        """See `Task`."""
        return {"right": [dataset.answers[index] for index in indices]}

    def document(self, name: str, entries: Sequence[Any]) -> Any:  # noqa: ARG002
        """See `Task`."""
        return list(entries)

    def check(self, kept: KeptPredictions) -> None:
        """See `Task`."""
        super().check(kept)
        for rows in kept.documents.values():
            texts = isinstance(rows, list) and all(isinstance(each, str) for each in rows)
            if not texts or len(rows) != len(kept.samples):
                raise PredictionsError("its documents do not hold a text for each sample")

    def texts(self, kept: KeptPredictions) -> tuple[list[str], list[str]]:
        """Written and right texts.

        Raises:
            PredictionsError: See `check`.
        """
        self.check(kept)
        return kept.documents["predicted"], kept.documents["right"]


def score_of_sums(
    value: float, parts: Sums, metric: Callable[[Sums], Sums], details: Mapping[str, Any], samples: int
) -> Score:
    """A score with a bootstrap of its interval over samples; see `bootstrap`."""
    return Score(value=value, samples=samples, interval=bootstrap(parts, metric), details={"metric": dict(details)})
