"""Pairs of pictures as models of optical flow take them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from registry.types import DatasetError, Model
from registry.verify.geometry import Geometry
from registry.verify.preprocessing import normalise, setting
from registry.verify.target import ClipSampling, Preprocessing

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
        first, second = (np.asarray(picture.convert("RGB")) for picture in (sample.first, sample.second))
        left, right, top, bottom = padding(first.shape[:2], bottom=sample.pads_bottom)
        around = ((top, bottom), (left, right), (0, 0))
        return {
            "first": np.pad(first, around, mode="edge"),
            "second": np.pad(second, around, mode="edge"),
            "updates": np.int64(sample.updates),
        }

    def arguments(self, batch: Any, layout: torch.memory_format) -> Any:
        pictures = [
            batch[name].movedim(-1, 1).float().div(255).sub(0.5).div(0.5).contiguous() for name in ("first", "second")
        ]
        if not self.refines:
            return tuple(pictures)
        return {"image1": pictures[0], "image2": pictures[1], "num_flow_updates": int(batch["updates"][0])}


_FIELDS = {"frame rate": "rate", "frames": "frames", "clip length": "frames", "clips": "clips"}


@dataclass(frozen=True, slots=True)
class ClipTransform:
    """See `registry.verify.model_inputs.Transform`. Videos are read one at a time: a few clips are many pictures."""

    geometry: Geometry
    sampling: ClipSampling

    @property
    def fixed(self) -> bool:
        return False

    def __str__(self) -> str:
        sampling = self.sampling
        return f"{sampling.clips} x {sampling.frames} frames at {sampling.rate:g}/s, {self.geometry}"

    def apply(self, sample: Path) -> Any:
        """See `Transform`: bytes (clips, frames, height, width, 3)."""
        from PIL import Image

        from registry.verify.datasets.clips import read_clips

        clips = read_clips(sample, **asdict(self.sampling))
        pictures = clips.reshape(-1, *clips.shape[2:])
        rows = np.stack([self.geometry.apply(Image.fromarray(picture)) for picture in pictures])
        return rows.reshape(*clips.shape[:2], *rows.shape[1:])


@dataclass(frozen=True, kw_only=True, slots=True)
class Clips:
    """See `registry.verify.model_inputs.Inputs`."""

    preprocessing: Preprocessing
    sampling: ClipSampling

    @property
    def transform(self) -> ClipTransform:
        return ClipTransform(Geometry.of(self.preprocessing), self.sampling)

    def as_dict(self) -> dict[str, Any]:
        return {**self.preprocessing.as_dict(), **asdict(self.sampling)}

    def arguments(self, batch: torch.Tensor, layout: torch.memory_format) -> Any:
        """See `Inputs`: (videos x clips, 3, frames, height, width)."""
        frames = batch.shape[2]
        pictures = normalise(batch.flatten(0, 2).movedim(-1, 1), self.preprocessing)
        return pictures.unflatten(0, (-1, frames)).movedim(2, 1).contiguous()


def clips_of_card(model: Model, library: ClipSampling | None, options: Mapping[str, str]) -> ClipSampling | None:
    """Which frames are read: the weights' own, the card's fields over them, the option over both.

    Raises:
        DatasetError: A field is no positive number.
    """
    fields: dict[str, Any] = {}
    for name in ("Frame Rate", "Frames", "Clip Length", "Clips"):
        value = setting(name, model, options)
        if value is None:
            continue
        try:
            number = float(str(value))
        except ValueError:
            number = 0.0
        if not 0 < number < 10_000:
            raise DatasetError(f"{name} must be a positive number, and is '{str(value)[:40]}'")
        key = _FIELDS[name.casefold()]
        fields[key] = number if key == "rate" else int(number)
    if library is None and {"rate", "frames"} - fields.keys():
        return None
    return replace(library or ClipSampling(rate=1.0, frames=1), **fields)


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
        return _RAW.as_dict()

    def arguments(self, batch: torch.Tensor, layout: torch.memory_format) -> Any:
        return (list(normalise(batch, _RAW, layout)),)
