"""One class for each text or pair of texts: accuracy, F1, precision, recall, and Matthews' correlation."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from registry.types import Claim, Model, PredictionsError
from registry.verify.predictions import KeptPredictions
from registry.verify.statistics import bootstrap
from registry.verify.tasks.classification import Classification
from registry.verify.tasks.task import Counts, Hits, Score
from registry.verify.tasks.text.claimed import average_of, kind_of
from registry.verify.tasks.text.libraries import scoring

if TYPE_CHECKING:
    from registry.verify.model_inputs import Inputs
    from registry.verify.target import Target

_AVERAGED = ("f1", "precision", "recall")
_AVERAGES = ("macro", "micro", "weighted")
_MCC = "matthews-correlation"
_SHARES = re.compile(r"(?:top-1-)?accuracy|top-[2-5]-accuracy|(?:top-1-)?error")


class TextClassification(Classification):
    """See `Task`. Keeps what `Classification` keeps.

    F1, precision and recall of two classes are those of class 1, as the field's tools take them unless told otherwise;
    of more classes they are averaged as the card says.
    """

    name = "text-classification"
    answers = "labelled texts"

    def takes(self, claim: Claim) -> bool:
        """See `Task`."""
        if kind_of(claim) != "classification" or claim.kind != "ratio":
            return False
        return self.subject(claim) == _MCC or average_of(claim.subject)[0] in _AVERAGED or _is_share(claim.subject)

    def subject(self, claim: Claim) -> str:
        """See `Task`."""
        return _MCC if claim.subject in (_MCC, "mcc", "matthews-corrcoef") else claim.subject

    def inputs(self, model: Model, target: Target, given: Mapping[str, str]) -> Inputs:
        """See `Task`."""
        from registry.verify.tasks.text.tokens import token_inputs

        return token_inputs(model, target, given)

    def metrics(self, kept: KeptPredictions) -> tuple[str, ...]:
        """See `Task`."""
        averaged = _AVERAGED if len(kept.classes) == 2 else tuple(f"{m}-{a}" for m in _AVERAGED for a in _AVERAGES)
        return ("accuracy", *averaged, _MCC)

    def score(self, kept: KeptPredictions, subject: str) -> Score:
        """See `Task`. All but shares of samples are scikit-learn's; their interval is a bootstrap over samples."""
        if _is_share(subject):
            return super().score(kept, subject)
        self.check(kept)
        metric, average = average_of(subject)
        labels, found = kept.arrays["labels"].astype(np.int64), kept.arrays["top"][:, 0].astype(np.int64)
        if metric not in (*_AVERAGED, _MCC):
            raise PredictionsError(f"{subject} cannot be taken from one class for each text")
        options: dict[str, Any] = {}
        if metric in _AVERAGED:
            average = average or self._usual(kept, metric, labels, found)
            options = {"average": average, "zero_division": 0.0}
            if average == "binary":
                options["pos_label"] = 1
        with scoring("scikit-learn") as said:
            from sklearn import metrics

            function: Callable[..., float] = getattr(metrics, f"{metric}_score" if options else "matthews_corrcoef")
            value = float(function(labels, found, **options))
        classes = np.arange(2) if average == "binary" else np.unique(np.concatenate([labels, found]))
        parts = _confusion(labels, found, classes)
        return Score(
            value=value,
            samples=len(labels),
            interval=bootstrap(parts, lambda sums: _from_confusion(sums, metric, average)),
            details={"metric": {**said, "name": function.__name__, **options}},
        )

    def hits(self, kept: KeptPredictions, subject: str) -> Hits | None:  # type: ignore[override]
        """See `Task`."""
        return super().hits(kept, subject) if _is_share(subject) else None

    def per_class(self, kept: KeptPredictions, subject: str) -> Counts:
        """See `Task`."""
        return super().per_class(kept, subject) if _is_share(subject) else {}

    def _usual(
        self, kept: KeptPredictions, metric: str, labels: npt.NDArray[np.int64], found: npt.NDArray[np.int64]
    ) -> str:
        """How a metric of classes is averaged where the card does not say.

        Raises:
            PredictionsError: There are more than two classes, so that it may be any of several.
        """
        if len(kept.classes) == 2 and max(labels.max(), found.max()) < 2:
            return "binary"
        from sklearn import metrics

        each = {
            average: getattr(metrics, f"{metric}_score")(labels, found, average=average, zero_division=0.0)
            for average in _AVERAGES
        }
        values = ", ".join(f"{average} {value:.4f}" for average, value in each.items())
        name = "F1" if metric == "f1" else metric
        raise PredictionsError(
            f"the card does not say how {name} is averaged over {len(kept.classes)} classes, and it is {values}; call "
            f"it '{name.capitalize()} Macro', for one"
        )


def _is_share(subject: str) -> bool:
    return _SHARES.fullmatch(subject) is not None


def _confusion(
    labels: npt.NDArray[np.int64], found: npt.NDArray[np.int64], classes: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """What each sample adds to hits, answers and predictions of each class; shape (n, 3 x classes)."""
    right, there = labels[:, None] == classes, found[:, None] == classes
    return np.concatenate([right & there, right, there], axis=1).astype(np.float64)


def _from_confusion(sums: npt.NDArray[np.float64], metric: str, average: str) -> npt.NDArray[np.float64]:
    """A metric from sums over samples, shape (resamples, 3 x classes)."""
    hits, right, there = np.split(sums, 3, axis=1)
    count = right.sum(1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        if metric == _MCC:
            covariance = hits.sum(1) * count[:, 0] - (right * there).sum(1)
            spread = (count[:, 0] ** 2 - (right**2).sum(1)) * (count[:, 0] ** 2 - (there**2).sum(1))
            return np.nan_to_num(covariance / np.sqrt(spread))  # type: ignore[no-any-return]
        if average == "micro":
            hits, right, there = (each.sum(1, keepdims=True) for each in (hits, right, there))
        below = {"precision": there, "recall": right, "f1": (right + there) / 2}[metric]
        each = np.nan_to_num(hits / below)
    if average == "binary":
        return each[:, -1]
    return (each * right / count).sum(1) if average == "weighted" else each.mean(1)  # type: ignore[no-any-return]
