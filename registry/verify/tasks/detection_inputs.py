"""Pictures as detectors take them: a list, each of its own size, from 0 to 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch

from registry.verify.geometry import Geometry
from registry.verify.preprocessing import normalise
from registry.verify.target import Preprocessing

_RAW = Preprocessing(mean=(0.0,) * 3, std=(1.0,) * 3)


@dataclass(frozen=True, slots=True)
class WholePictures:
    """See `registry.verify.model_inputs.Inputs`.

    Every picture is a batch of its own, as in torchvision's reference: a detector pads the pictures of a batch to the
    largest of them, which changes what it finds near their edges.
    """

    @property
    def transform(self) -> Geometry:
        """See `Inputs`: nothing but decoding."""
        return Geometry.of(_RAW)

    def as_dict(self) -> dict[str, Any]:
        """See `Inputs`."""
        return _RAW.as_dict()

    def arguments(self, batch: torch.Tensor, layout: torch.memory_format) -> Any:
        """See `Inputs`."""
        return (list(normalise(batch, _RAW, layout)),)
