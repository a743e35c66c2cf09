"""How samples become what a model takes: a part that is done to each sample alone, and one that is done to a batch.

The first runs where samples are read, in processes without a GPU, and models whose transforms are equal share it. The
second runs on the model's device.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import torch

from registry.verify.geometry import Geometry
from registry.verify.preprocessing import normalise
from registry.verify.target import Preprocessing


class Transform(Protocol):
    """What is done to each sample where it is read: a frozen dataclass, so that it compares, hashes and pickles.

    `str()` of it says in a few words what it does, for plans. One whose attribute `ragged` is true gives samples of
    several shapes: those of a batch are padded with zeros at the end of each axis.
    """

    @property
    def fixed(self) -> bool:
        """Whether all samples come out in one shape, so that they fit into one batch."""

    def apply(self, sample: Any) -> Any:
        """A NumPy array, or a tuple or mapping of some.

        Raises:
            UnreadableError: The sample cannot be decoded.
        """


class Inputs(Protocol):
    """How samples become what one model takes."""

    @property
    def transform(self) -> Transform:
        """What is done to each sample alone."""

    def as_dict(self) -> dict[str, Any]:
        """All settings, as plain JSON data: evidence holds them and is bound to their digest."""

    def arguments(self, batch: Any, layout: torch.memory_format) -> Any:
        """What the model is called with: a tuple is its arguments, a mapping its keyword arguments.

        Args:
            batch: Samples under the transform, stacked, on the model's device.
            layout: How pictures should lie in memory.
        """


@dataclass(frozen=True, slots=True)
class PictureInputs:
    """PictureInputs of bytes, resized and cropped alone, normalised in batches. See `Inputs`."""

    preprocessing: Preprocessing

    @property
    def transform(self) -> Geometry:
        """See `Inputs`."""
        return Geometry.of(self.preprocessing)

    def as_dict(self) -> dict[str, Any]:
        """See `Inputs`."""
        return self.preprocessing.as_dict()

    def arguments(self, batch: torch.Tensor, layout: torch.memory_format) -> torch.Tensor:
        """See `Inputs`."""
        return normalise(batch, self.preprocessing, layout)


@dataclass(frozen=True, slots=True)
class AsStored:
    """Samples that are arrays already, all of one shape: nothing is done to them. See `Inputs` and `Transform`."""

    fixed: bool = True

    @property
    def transform(self) -> AsStored:
        """See `Inputs`."""
        return self

    def __str__(self) -> str:
        return "as stored"

    def as_dict(self) -> dict[str, Any]:
        """See `Inputs`."""
        return {}

    def apply(self, sample: Any) -> Any:
        """See `Transform`."""
        return sample

    def arguments(self, batch: Any, layout: torch.memory_format) -> Any:  # noqa: ARG002
        """See `Inputs`."""
        return batch
