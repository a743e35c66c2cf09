"""Numbers for each sample: mean absolute and squared error, its root, and the coefficient of determination."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from registry.types import Claim, DatasetError, Model, PredictionsError
from registry.verify.predictions import KeptPredictions
from registry.verify.statistics import bootstrap
from registry.verify.tasks.task import Score, Task, logits_of

if TYPE_CHECKING:
    from registry.verify.datasets import Dataset
    from registry.verify.model_inputs import Inputs
    from registry.verify.target import Target

_SUBJECTS = ("mean-absolute-error", "mean-squared-error", "root-mean-squared-error", "r2")

Values = npt.NDArray[np.float64]


class Regression(Task):
    """See `Task`. A dataset has `targets`, shape (n,) or (n, outputs); several outputs are averaged.

    `predicted` and `target` have shape (n, outputs). A sample that could not be read is NaN and is not counted; where
    the model's output is no number it is infinite, and there is no score.
    """

    name = "regression"
    answers = "numbers"
    arrays: ClassVar = {"predicted": "f", "target": "f"}
    blank: ClassVar = {"predicted": np.nan}

    def takes(self, claim: Claim) -> bool:
        return claim.subject in _SUBJECTS

    def inputs(self, model: Model, target: Target, given: Mapping[str, str]) -> Inputs:
        """See `Task`: numbers as they are stored, where nothing says how pictures are prepared."""
        from registry.verify.model_inputs import AsStored

        if target.preprocessing is None and not target.folder and model.get("Image Size") is None and not given:
            return AsStored()
        return super().inputs(model, target, given)

    def predictions(self, outputs: Any, references: Any, indices: Sequence[int], dataset: Dataset) -> Mapping[str, Any]:
        numbers = logits_of(outputs).float().reshape(len(indices), -1)
        return {"predicted": numbers.masked_fill(numbers.isnan(), float("inf"))}

    def references(self, dataset: Any, indices: npt.NDArray[np.int64]) -> Mapping[str, Any]:
        targets = getattr(dataset, "targets", getattr(dataset, "answers", None))
        if targets is None:
            raise DatasetError(f"{dataset.name} has no numbers as answers")
        return {"target": np.asarray(targets, np.float32)[indices].reshape(len(indices), -1)}

    def metrics(self, kept: KeptPredictions) -> tuple[str, ...]:
        return _SUBJECTS

    def score(self, kept: KeptPredictions, subject: str) -> Score:
        """See `Task`. The interval is a bootstrap over samples."""
        self.check(kept)
        if subject not in _SUBJECTS:
            raise PredictionsError(f"{subject} cannot be computed from predicted numbers")
        numbers, right = read_numbers(kept)
        if subject == "r2" and len(numbers) < 2:
            raise PredictionsError("r2 has no value where there is one sample")
        off = numbers - right
        # Numbers that add up over samples: how many, the errors, their squares, and moments about the mean of all.
        centred = right - right.mean(0)
        parts = np.concatenate([np.ones((len(off), 1)), np.abs(off), off**2, centred, centred**2], axis=1)

        def metric(sums: Values) -> Values:
            count, outputs = sums[:, :1], off.shape[1]
            absolute, squared, first, second = (sums[:, 1 + at * outputs :][:, :outputs] / count for at in range(4))
            with np.errstate(divide="ignore", invalid="ignore"):
                of: dict[str, Values] = {
                    "mean-absolute-error": absolute,
                    "mean-squared-error": squared,
                    "root-mean-squared-error": np.sqrt(squared),
                    "r2": _determination(squared, second - first**2),
                }
            mean: Values = of[subject].mean(1)
            return mean

        return Score(
            value=float(metric(parts.sum(0, keepdims=True))[0]),
            samples=len(kept.samples),
            interval=bootstrap(parts, metric),
        )

    def check(self, kept: KeptPredictions) -> None:
        super().check(kept)
        if kept.arrays["predicted"].shape != kept.arrays["target"].shape or kept.arrays["target"].ndim != 2:
            raise PredictionsError("there are not as many numbers as answers")


def read_numbers(predictions: KeptPredictions) -> tuple[Values, Values]:
    """What a model foretold and what is right of the samples that could be read, each of shape (samples, outputs).

    Raises:
        PredictionsError: There is no such sample, or the model's output for one is no number.
    """
    numbers, right = (predictions.arrays[name].astype(np.float64) for name in ("predicted", "target"))
    read = ~np.isnan(numbers).any(axis=1)
    if not read.any():
        raise PredictionsError("no sample could be read")
    strange = int(np.isinf(numbers[read]).any(axis=1).sum())
    if strange:
        raise PredictionsError(f"the model's output for {strange} of {len(numbers)} samples is no number")
    return numbers[read], right[read]


def _determination(squared: Values, spread: Values) -> Values:
    """R2, which of numbers that are all the same is one or zero, as scikit-learn has it."""
    level = spread <= 0
    values: Values = np.where(level, (squared == 0).astype(np.float64), 1 - squared / np.where(level, 1, spread))
    return values
