"""One class for each pixel: mean intersection over union."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from registry.types import DatasetError, Unverifiable
from registry.verify.datasets import Masked
from registry.verify.evaluators.base import Score, logits_of
from registry.verify.evaluators.counting import stat_scores

IGNORED = 255
"""The class of pixels that are not counted, as PASCAL VOC marks outlines."""

_RESAMPLES = 1000


class Segmentation:
    """See `Evaluator`. Keeps, of each sample, the pixels of each class that agree, and that are claimed or there."""

    def __init__(self, dataset: Masked) -> None:
        self._dataset = dataset
        self._shared: list[torch.Tensor] = []
        self._joined: list[torch.Tensor] = []
        self._unreadable = 0

    @staticmethod
    def takes(subject: str) -> bool:
        """Whether this is a metric of segmentation."""
        return subject == "mean-iou"

    def update(self, indices: Sequence[int], outputs: Any, masks: torch.Tensor | None) -> None:  # noqa: ARG002
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
        self._shared.append(agreed)
        self._joined.append(agreed + too_many + too_few)

    def unreadable(self, index: int) -> None:  # noqa: ARG002
        """See `Evaluator`: nothing can be counted of such a sample, and it stands in the record by name."""
        self._unreadable += 1

    def score(self, subject: str) -> Score:
        """See `Evaluator`. The interval is a bootstrap over pictures (1000 resamples, fixed seed, 95 %)."""
        if not self.takes(subject) or not self._shared:
            raise Unverifiable(f"{subject} cannot be taken: no picture was segmented")
        shared = torch.cat(self._shared).cpu().numpy().astype(np.float64)
        joined = torch.cat(self._joined).cpu().numpy().astype(np.float64)
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
            samples=len(joined) + self._unreadable,
            interval=(float(low), float(high)),
            details={
                "per_class": {
                    names[number] if number < len(names) else str(number): round(float(value), 6)
                    for number, value in zip(numbers, values, strict=True)
                }
            },
        )
