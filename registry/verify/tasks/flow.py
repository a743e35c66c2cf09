"""Optical flow: how far each pixel moves from one picture to the next, and how far predictions are from that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from registry.types import Claim, DatasetError, Model, PredictionsError
from registry.verify.predictions import KeptPredictions
from registry.verify.statistics import bootstrap, ratio
from registry.verify.tasks.task import Score, Task

if TYPE_CHECKING:
    import torch

    from registry.verify.datasets import Dataset
    from registry.verify.model_inputs import Inputs, Transform
    from registry.verify.target import Target

_SHARES = {"1px": "within_1", "3px": "within_3", "5px": "within_5", "flow-outliers": "outliers"}
_ERRORS = ("end-point-error", "end-point-error-per-image")


class OpticalFlow(Task):
    """See `Task`. Metrics as torchvision's `references/optical_flow` takes them.

    Kept of each sample, shape (n,): `pixels` whose flow is known; `error`, the sum of their end-point errors in pixels
    (Euclidean distance of predicted and right flow); how many are `within_1`, `within_3` and `within_5` pixels; and
    `outliers`, those of KITTI: further off than 3 pixels and than 5 % of the right flow's length.
    """

    name = "optical-flow"
    answers = "flows"
    arrays: ClassVar = {
        "pixels": "i", "error": "f", "within_1": "i", "within_3": "i", "within_5": "i", "outliers": "i",
    }  # fmt: skip
    blank: ClassVar = dict.fromkeys(arrays, 0)
    counted = "pixels"

    def takes(self, claim: Claim) -> bool:
        return claim.subject in (*_ERRORS, *_SHARES)

    def inputs(self, model: Model, target: Target, given: Mapping[str, str]) -> Inputs:
        """See `Task`: two pictures from -1 to 1, padded so that 8 divides both sides."""
        from registry.verify.tasks.flow_inputs import PicturePairs

        return PicturePairs(refines=target.library == "torchvision")

    def reference(self, dataset: Any, index: int, transform: Transform) -> Any:
        """See `Task`: the flow (2, height, width), where it is known, and where the picture lies in its padding."""
        from registry.verify.tasks.flow_inputs import padding

        flow, mask = dataset.flow(index)
        left, _, top, _ = padding(mask.shape, bottom=dataset.pads_bottom)
        return {"flow": flow, "known": mask, "left": np.int64(left), "top": np.int64(top)}

    def predictions(
        self,
        outputs: Any,
        references: Mapping[str, torch.Tensor],
        indices: Sequence[int],
        dataset: Dataset,
    ) -> Mapping[str, Any]:
        """See `Task`. Of a model that refines its flow, the last one counts."""
        flow, mask = references["flow"].float(), references["known"]
        estimate = outputs[-1] if isinstance(outputs, tuple | list) else outputs
        if getattr(estimate, "ndim", 0) != 4 or estimate.shape[1] != 2:
            raise DatasetError(f"the model gives no flow of two numbers for each pixel of {dataset.name}")
        height, width = mask.shape[-2:]
        top, left = int(references["top"][0]), int(references["left"][0])
        estimate = estimate.float()[:, :, top : top + height, left : left + width]
        errors = (estimate - flow).square().sum(1).sqrt()
        lengths = flow.square().sum(1).sqrt()

        def count(pixels: torch.Tensor) -> torch.Tensor:
            return (pixels & mask).flatten(1).sum(1)

        return {
            "pixels": mask.flatten(1).sum(1),
            "error": errors.double().masked_fill(~mask, 0.0).flatten(1).sum(1),
            "within_1": count(errors < 1),
            "within_3": count(errors < 3),
            "within_5": count(errors < 5),
            "outliers": count((errors > 3) & (errors / lengths > 0.05)),
        }

    def metrics(self, kept: KeptPredictions) -> tuple[str, ...]:
        return (*_ERRORS, *_SHARES)

    def score(self, kept: KeptPredictions, subject: str) -> Score:
        """See `Task`. The interval is a bootstrap over pairs of pictures."""
        self.check(kept)
        pixels = kept.arrays["pixels"].astype(np.float64)
        read = pixels > 0
        if not read.any():
            raise PredictionsError("there is no pixel whose flow is known")
        if subject == "end-point-error-per-image":
            above, below = kept.arrays["error"][read] / pixels[read], np.ones(int(read.sum()))
        elif subject == "end-point-error" or subject in _SHARES:
            above, below = kept.arrays[_SHARES.get(subject, "error")][read].astype(np.float64), pixels[read]
        else:
            raise PredictionsError(f"{subject} cannot be computed from the errors of flows")

        return Score(
            value=float(above.sum() / below.sum()),
            samples=len(pixels),
            interval=bootstrap(np.stack([above, below], axis=1), ratio),
            details={"pixels": int(pixels.sum())},
        )

    def check(self, kept: KeptPredictions) -> None:
        super().check(kept)
        if any(array.ndim != 1 for array in kept.arrays.values()):
            raise PredictionsError("its arrays do not fit together")
