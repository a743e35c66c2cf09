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
    """See `Task`. `predicted` and `right` are a text for each sample; one that cannot be read is answered by none.

    What is `right` may be several texts, of which the metrics take the nearest as their libraries do.
    """

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
        for name, rows in kept.documents.items():
            fits = _are_texts if name == "right" else _is_text
            if not isinstance(rows, list) or len(rows) != len(kept.samples) or not all(map(fits, rows)):
                raise PredictionsError("its documents do not hold a text for each sample")

    def texts(self, kept: KeptPredictions) -> tuple[list[str], list[list[str]]]:
        """Written texts, and the right ones of each sample.

        Raises:
            PredictionsError: See `check`.
        """
        self.check(kept)
        right = kept.documents["right"]
        return kept.documents["predicted"], [[each] if isinstance(each, str) else each for each in right]


def _is_text(entry: Any) -> bool:
    return isinstance(entry, str)


def _are_texts(entry: Any) -> bool:
    return _is_text(entry) or (isinstance(entry, list) and bool(entry) and all(map(_is_text, entry)))


def score_of_sums(
    value: float, parts: Sums, metric: Callable[[Sums], Sums], details: Mapping[str, Any], samples: int
) -> Score:
    """A score with a bootstrap of its interval over samples; see `bootstrap`."""
    return Score(value=value, samples=samples, interval=bootstrap(parts, metric), details={"metric": dict(details)})
