"""One class for each pixel: mean intersection over union."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from registry.types import DatasetError, Unverifiable
from registry.verify.datasets import Masked
from registry.verify.evaluators.base import Score, logits_of
from registry.verify.evaluators.counting import stat_scores

IGNORED = 255
"""The class of pixels that are not counted, as PASCAL VOC marks outlines."""

_RESAMPLES = 1000

Counts = npt.NDArray[np.int64]


class Segmentation:
    """See `Evaluator`. Keeps, of each sample, how many pixels of each class agree, were answered, and are there."""

    def __init__(self, dataset: Masked) -> None:
        self._dataset = dataset
        self._indices: list[int] = []
        self._counts: list[torch.Tensor] = []
        self._unreadable: list[int] = []

    @staticmethod
    def takes(subject: str) -> bool:
        """Whether this is a metric of segmentation."""
        return subject == "mean-iou"

    def update(self, indices: Sequence[int], outputs: Any, masks: torch.Tensor | None) -> None:
        """See `Evaluator`. The scores are brought to the masks' size where the model gives smaller ones."""
        logits = logits_of(outputs).float()
        assert masks is not None
        masks = masks.long()
        if logits.shape[-2:] != masks.shape[-2:]:
            logits = torch.nn.functional.interpolate(logits, masks.shape[-2:], mode="bilinear", align_corners=False)
        classes = logits.shape[1]
        if int(torch.where(masks == IGNORED, 0, masks).max()) >= classes:
            raise DatasetError(f"a mask of {self._dataset.name} has a class that is not one of the model's {classes}")
        counts = stat_scores(
            logits.argmax(1), masks, classes=classes, multidim_average="samplewise", ignore_index=IGNORED
        )
        agreed, too_many, _, too_few, _ = counts.unbind(-1)
        self._indices.extend(indices)
        self._counts.append(torch.stack([agreed, agreed + too_many, agreed + too_few]))

    def unreadable(self, index: int) -> None:
        """See `Evaluator`: nothing can be counted of such a sample, and it stands in the record by name."""
        self._unreadable.append(index)

    def counts(self) -> tuple[list[int], Counts, Counts, Counts]:
        """Everything taken: samples in the dataset's order, and of each class the pixels, (samples, classes).

        Returns:
            Samples, and pixels where answer and mask agree, that were answered, and that are there. All are zero for a
            sample that could not be read.

        Raises:
            Unverifiable: No picture was segmented.
        """
        if not self._counts:
            raise Unverifiable("no picture was segmented")
        found = torch.cat([each.cpu() for each in self._counts], dim=1).numpy()
        missing = np.zeros((3, len(self._unreadable), found.shape[2]), found.dtype)
        indices = [*self._indices, *self._unreadable]
        order = np.argsort(indices, kind="stable")
        agreed, answered, there = np.concatenate([found, missing], axis=1)[:, order]
        return [indices[each] for each in order], agreed, answered, there

    def score(self, subject: str) -> Score:
        """See `Evaluator`. The interval is a bootstrap over pictures (1000 resamples, fixed seed, 95 %)."""
        if not self.takes(subject):
            raise Unverifiable(f"{subject} cannot be taken from the pixels of each class")
        indices, agreed, answered, right = self.counts()
        read = ~np.isin(indices, self._unreadable)
        shared, joined = agreed[read].astype(np.float64), (answered + right - agreed)[read].astype(np.float64)
        there = joined.sum(0) > 0
        values = shared.sum(0)[there] / joined.sum(0)[there]
        drawn = np.random.default_rng(0).multinomial(len(joined), np.full(len(joined), 1 / len(joined)), _RESAMPLES)
        with np.errstate(invalid="ignore"):
            means = np.nanmean((drawn @ shared)[:, there] / (drawn @ joined)[:, there], axis=1)
        low, high = np.quantile(means, (0.025, 0.975))
        names = self._dataset.classes
        numbers = np.flatnonzero(there)
        return Score(
            value=float(values.mean()),
            samples=len(indices),
            interval=(float(low), float(high)),
            details={
                "per_class": {
                    names[number] if number < len(names) else str(number): round(float(value), 6)
                    for number, value in zip(numbers, values, strict=True)
                }
            },
        )
