"""One class for each sample: Top 1, Top 5, and the accuracy of each class."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from registry.types import Claim, DatasetError, Model, PredictionsError
from registry.verify.predictions import KeptPredictions
from registry.verify.tasks.task import Counts, Hits, Score, Task, logits_of

if TYPE_CHECKING:
    from registry.verify.datasets import Dataset
    from registry.verify.model_inputs import Inputs
    from registry.verify.target import Target

KEPT = 5
"""Best predictions that are kept of each sample."""

SUBJECT = re.compile(r"(?:top-(?P<k>[1-9]\d?)-)?(?:accuracy|error)")
"""A share of right or wrong samples, with how many of each sample's best predictions it looks at."""


class Classification(Task):
    """See `Task`. Keeps the best five predictions of each sample.

    `labels`: right class of each sample, (n,). `top`: classes with the highest scores, highest first, (n, k); -1
    throughout for a sample that could not be read, which therefore counts as wrong. `scores`: their scores, (n, k).
    """

    name = "classification"
    answers = "labels"
    arrays: ClassVar = {"labels": "i", "top": "i", "scores": "f"}
    blank: ClassVar = {"top": -1, "scores": 0.0}

    def takes(self, claim: Claim) -> bool:
        match = SUBJECT.fullmatch(claim.subject)
        return match is not None and int(match["k"] or 1) <= KEPT

    def predictions(self, outputs: Any, references: Any, indices: Sequence[int], dataset: Dataset) -> Mapping[str, Any]:
        """See `Task`. Nothing here waits for the device."""
        from registry.verify.datasets import check_classes

        logits = logits_of(outputs).flatten(1).float()
        check_classes(dataset, logits.shape[1])
        best = logits.topk(min(KEPT, logits.shape[1]), dim=1)
        # A score of NaN is none: sorting would put it first.
        nowhere = logits.isnan().any(dim=1, keepdim=True)
        return {
            "top": best.indices.masked_fill(nowhere, -1),
            "scores": best.values.masked_fill(nowhere, 0.0),
        }

    def references(self, dataset: Any, indices: npt.NDArray[np.int64]) -> Mapping[str, Any]:
        return {"labels": dataset.labels[indices]}

    def metrics(self, kept: KeptPredictions) -> tuple[str, ...]:
        return tuple(f"top-{k}-accuracy" for k in sorted({1, _best(kept).shape[1]}))

    def score(self, kept: KeptPredictions, subject: str) -> Score:
        hits = self.hits(kept, subject)
        counted, samples = int(hits.sum()), len(hits)
        details = {}
        if subject.endswith("accuracy"):
            of = {label: f"{right}/{count}" for label, (right, count) in self.per_class(kept, subject).items()}
            names = kept.classes
            details["per_class"] = {names[label] if label < len(names) else str(label): of[label] for label in of}
        return Score(value=counted / samples, samples=samples, right=counted, details=details)

    def hits(self, kept: KeptPredictions, subject: str) -> Hits:
        """See `Task`: whether each sample's right class is among its best, or is not where the metric is an error."""
        right = _right(kept, subject)
        return ~right if subject.endswith("error") else right

    def per_class(self, kept: KeptPredictions, subject: str) -> Counts:
        """See `Task`: how many samples of a class are right."""
        right, labels = _right(kept, subject), kept.arrays["labels"]
        classes, numbers = np.unique(labels, return_inverse=True)
        of, totals = np.bincount(numbers, weights=right), np.bincount(numbers)
        return {int(label): (int(of[at]), int(totals[at])) for at, label in enumerate(classes)}

    def check(self, kept: KeptPredictions) -> None:
        super().check(kept)
        labels, top, scores = (kept.arrays[name] for name in self.arrays)
        if labels.ndim != 1 or top.ndim != 2 or scores.shape != top.shape:
            raise PredictionsError("its arrays do not fit together")


def relabelled(predictions: KeptPredictions, order: Sequence[int]) -> KeptPredictions:
    """The same predictions, were the outputs numbered otherwise.

    Args:
        predictions: Predictions whose labels number the dataset's classes.
        order: Which output means the dataset's class 0, 1, ...
    """
    labels = np.asarray(order, np.int32)[predictions.arrays["labels"]]
    return replace(predictions, arrays={**predictions.arrays, "labels": labels})


def _right(predictions: KeptPredictions, subject: str) -> Hits:
    """Whether each sample's right class is among as many of its best predictions as the metric looks at."""
    match = SUBJECT.fullmatch(subject)
    if match is None:
        raise PredictionsError(f"{subject} cannot be computed from each sample's best predictions")
    top, k = _best(predictions), int(match["k"] or 1)
    if top.shape[1] < min(k, len(predictions.classes)):
        raise PredictionsError(f"holds the best {top.shape[1]} predictions of each sample, not the best {k}")
    right: Hits = (top[:, :k] == predictions.arrays["labels"][:, None]).any(axis=1)
    return right


def _best(predictions: KeptPredictions) -> npt.NDArray[np.int32]:
    Classification().check(predictions)
    best: npt.NDArray[np.int32] = predictions.arrays["top"]
    return best


_TASK = re.compile(r"\A(?>.*?(?:action|activity|video)).*(?:recogni|classif)", re.DOTALL)
_DATASET = re.compile(r"kinetics|hmdb|ucf-?101|something-?something")


class VideoClassification(Classification):
    """See `Task`. The probabilities of a video's clips are added, as torchvision's reference does."""

    name = "video-classification"
    answers = "labelled clips"

    def takes(self, claim: Claim) -> bool:
        dataset = "" if claim.dataset is None else claim.dataset.name
        of_video = _TASK.search((claim.task or "").casefold()) or _DATASET.search(dataset.casefold())
        return bool(of_video) and super().takes(claim)

    def inputs(self, model: Model, target: Target, given: Mapping[str, str]) -> Inputs:
        from registry.verify.preprocessing import of_card
        from registry.verify.tasks.flow_inputs import Clips, clips_of_card

        sampling = clips_of_card(model, target.clips, given)
        if sampling is None:
            raise DatasetError(
                "neither the weights nor the card say which frames of a video the model takes; add Frame Rate, Frames "
                "and Clips to the card"
            )
        return Clips(preprocessing=of_card(model, target.preprocessing, given), sampling=sampling)

    def predictions(self, outputs: Any, references: Any, indices: Sequence[int], dataset: Dataset) -> Mapping[str, Any]:
        logits = logits_of(outputs).flatten(1).float()
        videos = logits.softmax(1).reshape(len(indices), -1, logits.shape[1]).sum(1)
        return super().predictions(videos, references, indices, dataset)
