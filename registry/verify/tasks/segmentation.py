"""One class for each pixel: mean intersection over union, and the share of pixels that are right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from registry.types import Claim, DatasetError, PredictionsError
from registry.verify.predictions import KeptPredictions
from registry.verify.statistics import bootstrap
from registry.verify.tasks.task import Counts, Score, Task, logits_of

if TYPE_CHECKING:
    import torch

    from registry.verify.datasets import Dataset
    from registry.verify.model_inputs import Transform

Pixels = npt.NDArray[np.int64]


class Segmentation(Task):
    """See `Task`. Keeps, of each sample, three counts of pixels for each class, shape (n, classes).

    `intersection`: where prediction and mask agree. `predicted`: what the model gave to the class. `target`: what the
    mask gives to it. Pixels that the masks leave out are in none of them, nor are samples that could not be read.
    """

    name = "segmentation"
    answers = "masks"
    arrays: ClassVar = {"intersection": "i", "predicted": "i", "target": "i"}
    blank: ClassVar = {"intersection": 0, "predicted": 0, "target": 0}
    counted = "pixels"

    def takes(self, claim: Claim) -> bool:
        return claim.subject in ("mean-iou", "pixel-accuracy", "all-pixel-accuracy")

    def subject(self, claim: Claim) -> str:
        """See `Task`: MMSegmentation's aAcc is pixel accuracy."""
        return "mean-iou" if claim.subject == "mean-iou" else "pixel-accuracy"

    def reference(self, dataset: Any, index: int, transform: Transform) -> Any:
        """See `Task`: the class of each pixel, resized and cropped as the picture is."""
        return transform.apply_to_mask(dataset.mask(index))  # type: ignore[attr-defined]

    def predictions(
        self,
        outputs: Any,
        references: torch.Tensor,
        indices: Sequence[int],
        dataset: Dataset,
    ) -> Mapping[str, Any]:
        """See `Task`. The scores are brought to the masks' size where the model gives smaller ones."""
        import torch

        from registry.verify.datasets.dataset import IGNORED

        logits, masks = logits_of(outputs).float(), references.long()
        if logits.shape[-2:] != masks.shape[-2:]:
            logits = torch.nn.functional.interpolate(logits, masks.shape[-2:], mode="bilinear", align_corners=False)
        classes = logits.shape[1]
        counted = masks != IGNORED
        if int(torch.where(counted, masks, 0).max()) >= classes:
            raise DatasetError(f"a mask of {dataset.name} has a class that is not one of the model's {classes}")
        predicted = logits.argmax(1)

        def count(labels: torch.Tensor, where: torch.Tensor) -> torch.Tensor:
            # What is not counted goes to a class of its own, which is cut off.
            numbers = torch.where(where, labels, classes).flatten(1)
            zeros = torch.zeros(len(numbers), classes + 1, dtype=torch.int64, device=numbers.device)
            return zeros.scatter_add_(1, numbers, torch.ones_like(numbers))[:, :classes]

        return {
            "intersection": count(masks, counted & (predicted == masks)),
            "predicted": count(predicted, counted),
            "target": count(masks, counted),
        }

    def metrics(self, kept: KeptPredictions) -> tuple[str, ...]:
        return "mean-iou", "pixel-accuracy"

    def score(self, kept: KeptPredictions, subject: str) -> Score:
        """See `Task`. The interval is a bootstrap over pictures (1000 resamples, fixed seed, 95 %)."""
        shared, either = self._shares(kept, subject)
        classes = either.sum(0) > 0
        if not classes.any():
            raise PredictionsError("there is no pixel that counts")
        values = shared.sum(0)[classes] / either.sum(0)[classes]

        def of(sums: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
            half = sums.shape[1] // 2
            with np.errstate(invalid="ignore"):
                means: npt.NDArray[np.float64] = np.nanmean(sums[:, :half] / sums[:, half:], axis=1)
            return means

        read = either.sum(1) > 0
        names = kept.classes
        per_class = {
            names[number] if number < len(names) else str(number): round(float(value), 6)
            for number, value in zip(np.flatnonzero(classes), values, strict=True)
        }
        return Score(
            value=float(values.mean()),
            samples=len(kept.samples),
            interval=bootstrap(np.concatenate([shared[:, classes], either[:, classes]], axis=1)[read], of),
            details={"per_class": per_class} if subject == "mean-iou" else {},
        )

    def per_class(self, kept: KeptPredictions, subject: str) -> Counts:
        """See `Task`: for each class predicted or there, the pixels that agree, and those of either."""
        if subject == "pixel-accuracy":
            self.check(kept)
            right, totals = (kept.arrays[name].sum(0, dtype=np.int64) for name in ("intersection", "target"))
            return {int(number): (int(right[number]), int(totals[number])) for number in np.flatnonzero(totals)}
        shared, either = (counts.sum(0) for counts in self._shares(kept, subject))
        return {int(number): (int(shared[number]), int(either[number])) for number in np.flatnonzero(either)}

    def check(self, kept: KeptPredictions) -> None:
        super().check(kept)
        shapes = {array.shape for array in kept.arrays.values()}
        if len(shapes) != 1 or len(shapes.pop()) != 2:
            raise PredictionsError("its arrays do not fit together")

    def _shares(self, predictions: KeptPredictions, subject: str) -> tuple[Pixels, Pixels]:
        """Pixels that count for a metric and those that they are a share of, each of shape (n, classes or one)."""
        self.check(predictions)
        intersection, predicted, target = (predictions.arrays[name].astype(np.int64) for name in self.arrays)
        if subject == "mean-iou":
            return intersection, predicted + target - intersection
        if subject == "pixel-accuracy":
            return intersection.sum(1, keepdims=True), target.sum(1, keepdims=True)
        raise PredictionsError(f"{subject} cannot be computed from the pixels of each class")
