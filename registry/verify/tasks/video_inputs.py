"""Clips of videos as models take them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from registry.types import DatasetError, Model
from registry.verify.geometry import Geometry
from registry.verify.preprocessing import normalise
from registry.verify.target import ClipSampling, Preprocessing

_FIELDS = {"frame rate": "rate", "frames": "frames", "clip length": "frames", "clips": "clips"}


@dataclass(frozen=True, slots=True)
class ClipTransform:
    """See `registry.verify.model_inputs.Transform`. Videos are read one at a time: a few clips are many pictures."""

    geometry: Geometry
    sampling: ClipSampling

    @property
    def fixed(self) -> bool:
        """See `Transform`."""
        return False

    def __str__(self) -> str:
        found = self.sampling
        return f"{found.clips} x {found.frames} frames at {found.rate:g}/s, {self.geometry}"

    def apply(self, sample: Path) -> Any:
        """See `Transform`: bytes (clips, frames, height, width, 3)."""
        from PIL import Image

        from registry.verify.datasets.clips import read_clips

        found = read_clips(sample, **asdict(self.sampling))
        pictures = found.reshape(-1, *found.shape[2:])
        rows = np.stack([self.geometry.apply(Image.fromarray(each)) for each in pictures])
        return rows.reshape(*found.shape[:2], *rows.shape[1:])


@dataclass(frozen=True, kw_only=True, slots=True)
class Clips:
    """See `registry.verify.model_inputs.Inputs`."""

    preprocessing: Preprocessing
    sampling: ClipSampling

    @property
    def transform(self) -> ClipTransform:
        """See `Inputs`."""
        return ClipTransform(Geometry.of(self.preprocessing), self.sampling)

    def as_dict(self) -> dict[str, Any]:
        """See `Inputs`."""
        return {**self.preprocessing.as_dict(), **asdict(self.sampling)}

    def arguments(self, batch: torch.Tensor, layout: torch.memory_format) -> Any:  # noqa: ARG002
        """See `Inputs`: (videos x clips, 3, frames, height, width)."""
        frames = batch.shape[2]
        pictures = normalise(batch.flatten(0, 2).movedim(-1, 1), self.preprocessing)
        return pictures.unflatten(0, (-1, frames)).movedim(2, 1).contiguous()


def clips_of_card(model: Model, library: ClipSampling | None, given: Mapping[str, str]) -> ClipSampling | None:
    """Which frames are read: the weights' own, the card's fields over them, the option over both.

    Raises:
        DatasetError: A field is no positive number.
    """
    said: dict[str, Any] = {}
    for name in ("Frame Rate", "Frames", "Clip Length", "Clips"):
        value = {each.casefold(): text for each, text in given.items()}.get(name.casefold(), model.get(name))
        if value is None:
            continue
        try:
            number = float(str(value))
        except ValueError:
            number = 0.0
        if not 0 < number < 10_000:
            raise DatasetError(f"{name} must be a positive number, and is '{str(value)[:40]}'")
        key = _FIELDS[name.casefold()]
        said[key] = number if key == "rate" else int(number)
    if library is None and {"rate", "frames"} - said.keys():
        return None
    return replace(library or ClipSampling(rate=1.0, frames=1), **said)
