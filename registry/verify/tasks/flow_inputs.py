"""Pairs of pictures as models of optical flow take them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

_DIVISOR = 8
"""RAFT works at an eighth of the resolution."""


def padding(shape: Sequence[int], *, bottom: bool) -> tuple[int, int, int, int]:
    """Rows and columns to add on the left, right, top and bottom, as torchvision's `InputPadder` counts them.

    Args:
        shape: (height, width).
        bottom: Whether all rows go below the picture, as for KITTI; else half of them go above.
    """
    rows, columns = (-side % _DIVISOR for side in shape)
    top = 0 if bottom else rows // 2
    return columns // 2, columns - columns // 2, top, rows - top


@dataclass(frozen=True, slots=True)
class PicturePairs:
    """Two pictures, padded with their edges. See `registry.verify.model_inputs.Inputs` and `Transform`.

    Attributes:
        refines: Whether the model refines its flow and is told how often, as torchvision's are.
    """

    refines: bool = True

    @property
    def transform(self) -> PicturePairs:
        """See `Inputs`."""
        return self

    @property
    def fixed(self) -> bool:
        """See `Transform`: pictures keep their own sizes."""
        return False

    def __str__(self) -> str:
        return f"pairs, padded to multiples of {_DIVISOR}"

    def as_dict(self) -> dict[str, Any]:
        """See `Inputs`. How often a flow is refined is the dataset's; see `FlowFolder`."""
        return {"mean": [0.5] * 3, "std": [0.5] * 3, "scale": 1 / 255, "padding": _DIVISOR, "refines": self.refines}

    def apply(self, sample: Any) -> dict[str, Any]:
        """See `Transform`."""
        first, second = (np.asarray(picture.convert("RGB")) for picture in (sample.first, sample.second))
        left, right, top, bottom = padding(first.shape[:2], bottom=sample.pads_bottom)
        around = ((top, bottom), (left, right), (0, 0))
        return {
            "first": np.pad(first, around, mode="edge"),
            "second": np.pad(second, around, mode="edge"),
            "updates": np.int64(sample.updates),
        }

    def arguments(self, batch: Any, layout: torch.memory_format) -> Any:  # noqa: ARG002
        """See `Inputs`."""
        pictures = [
            batch[name].movedim(-1, 1).float().div(255).sub(0.5).div(0.5).contiguous() for name in ("first", "second")
        ]
        if not self.refines:
            return tuple(pictures)
        return {"image1": pictures[0], "image2": pictures[1], "num_flow_updates": int(batch["updates"][0])}
