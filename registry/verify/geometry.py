"""Resizing and cropping, the part of a preprocessing that works on a picture's bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image

from registry.verify.target import Interpolation, Preprocessing
from registry.verify.torchvision_ops import import_torchvision

Bytes = npt.NDArray[np.uint8]

_FILTERS: dict[Interpolation, Image.Resampling] = {
    "nearest": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Geometry:
    """The part of a preprocessing that works on a picture's bytes; samples prepared under one geometry are shared.

    Attributes are those of `Preprocessing`; `grey` is true for one channel.
    """

    resize: int | tuple[int, int] | None
    crop: int | tuple[int, int] | None
    interpolation: Interpolation
    antialias: bool
    grey: bool

    @classmethod
    def of(cls, preprocessing: Preprocessing) -> Geometry:
        """The geometry of a preprocessing."""
        return cls(
            resize=preprocessing.resize,
            crop=preprocessing.crop,
            interpolation=preprocessing.interpolation,
            antialias=preprocessing.antialias,
            grey=preprocessing.channels == "L",
        )

    @property
    def fixed(self) -> bool:
        """Whether all samples come out in one size."""
        return self.crop is not None or isinstance(self.resize, tuple)

    def __str__(self) -> str:
        """Such as `resize 256, crop 224, bilinear`."""
        sizes = [f"{name} {_shown(size)}" for name, size in (("resize", self.resize), ("crop", self.crop)) if size]
        return ", ".join([*sizes, self.interpolation]) if sizes else "as stored"

    def apply(self, picture: Image.Image) -> Bytes:
        """The picture resized and cropped, bit for bit as torchvision does it: bytes (height, width, channels)."""
        mode = "L" if self.grey else "RGB"
        picture = picture if picture.mode == mode else picture.convert(mode)
        pixels = self._by_pillow(picture) if self.antialias else None
        if pixels is None:
            pixels = np.asarray(self._by_torchvision(picture))
        return pixels if pixels.ndim == 3 else pixels[:, :, None]

    def apply_to_mask(self, mask: Image.Image) -> torch.Tensor:
        """The same for classes of pixels, shape (height, width): the nearest one is taken, none is mixed."""
        functional = import_torchvision().transforms.functional
        image: Any = mask
        if self.resize is not None:
            image = functional.resize(image, _size(self.resize), interpolation=functional.InterpolationMode.NEAREST)
        if self.crop is not None:
            image = functional.center_crop(image, _size(self.crop))
        return cast("torch.Tensor", functional.pil_to_tensor(image)[0])

    def _by_pillow(self, picture: Image.Image) -> Bytes | None:
        """What torchvision does, without its detours; `None` where the picture is smaller than its crop."""
        width, height = picture.size if self.resize is None else _resized(picture.size, self.resize)
        crop_height, crop_width = (height, width) if self.crop is None else _pair(self.crop)
        if crop_height > height or crop_width > width:
            return None
        if self.resize is not None:
            # All of it: Pillow 13 chooses by the size which side comes first, so that a part comes out otherwise.
            picture = picture.resize((width, height), _FILTERS[self.interpolation])
        # Python rounds halves to the even side, and so does torchvision.
        left, top = round((width - crop_width) / 2), round((height - crop_height) / 2)
        return np.asarray(picture.crop((left, top, left + crop_width, top + crop_height)))

    def _by_torchvision(self, picture: Image.Image) -> Any:
        """A small picture is filled up; without antialiasing it is resized as a tensor, since Pillow always filters."""
        functional = import_torchvision().transforms.functional
        image: Any = picture if self.antialias else functional.pil_to_tensor(picture)
        if self.resize is not None:
            interpolation = functional.InterpolationMode(self.interpolation)
            image = functional.resize(image, _size(self.resize), interpolation=interpolation, antialias=self.antialias)
        if self.crop is not None:
            image = functional.center_crop(image, _size(self.crop))
        return image if self.antialias else image.permute(1, 2, 0).numpy()


def _resized(size: tuple[int, int], to: int | tuple[int, int]) -> tuple[int, int]:
    """Width and height after torchvision's resize, which cuts the longer side to a whole number."""
    if isinstance(to, tuple):
        return to[1], to[0]
    width, height = size
    return (to, int(to * height / width)) if width <= height else (int(to * width / height), to)


def _shown(size: int | tuple[int, int]) -> str:
    return str(size) if isinstance(size, int) else "x".join(map(str, size))


def _pair(size: int | tuple[int, int]) -> tuple[int, int]:
    return (size, size) if isinstance(size, int) else size


def _size(size: int | tuple[int, int]) -> list[int]:
    return [size] if isinstance(size, int) else list(size)
