"""scikit-learn's digits placed on canvases, as a data set of objects with boxes; it needs no file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from registry.verify.datasets import digits

if TYPE_CHECKING:
    from registry.evidence.digest_cache import Remembered

NAME = "scikit-learn digits on canvases"
SIDE, PICTURES, FIRST_HELD_OUT = 64, 200, 1437
_MOST, _TRIES = 6, 20

Placed = tuple[int, int, int, int]
"""Which sample, its left and top pixel, and how many pixels each of its own takes on a side."""


@dataclass(frozen=True, kw_only=True)
class Canvases:
    """See `Dataset`, and `CocoFolder` for what detection needs."""

    pixels: npt.NDArray[np.uint8]
    objects: tuple[tuple[tuple[int, Placed], ...], ...]
    name: str = NAME
    classes: tuple[str, ...] = tuple("0123456789")

    @property
    def names(self) -> Sequence[str]:
        """The canvases' numbers."""
        return [str(number) for number in self.ids]

    @property
    def ids(self) -> Sequence[int]:
        """The canvases' numbers as COCO's."""
        return range(len(self.pixels))

    def sample(self, index: int) -> Image.Image:
        return Image.fromarray(self.pixels[index])

    def category(self, label: int) -> int:
        """COCO's number for a label that the model gives."""
        return label

    def annotations(self, indices: Sequence[int]) -> dict[str, Any]:
        """The digits of some canvases in COCO's form."""
        objects = [(index, *placement) for index in indices for placement in self.objects[index]]
        return {
            "images": [{"id": index, "file_name": f"{index}.png", "height": SIDE, "width": SIDE} for index in indices],
            "annotations": [
                {
                    "id": number,
                    "image_id": index,
                    "category_id": label + 1,
                    "bbox": [left, top, 8 * scale, 8 * scale],
                    "area": (8 * scale) ** 2,
                    "iscrowd": 0,
                }
                for number, (index, label, (_, left, top, scale)) in enumerate(objects, 1)
            ],
            "categories": [{"id": number, "name": name} for number, name in enumerate(self.classes, 1)],
        }

    def fingerprint(self, remembered: Remembered) -> str:
        from registry.evidence import digests

        return digests.of_bytes(self.pixels.tobytes() + json.dumps(self.objects).encode())


def load() -> Canvases:
    """The 200 canvases of held-out digits, the same on every machine.

    Raises:
        DatasetError: scikit-learn is not installed.
    """
    return draw(PICTURES, first=FIRST_HELD_OUT, last=digits.SAMPLES - 1, seed=0)


def draw(pictures: int, *, first: int, last: int, seed: int) -> Canvases:
    """Canvases of one to six digits that do not touch, each one, two or three times as large as it is stored.

    Args:
        pictures: How many.
        first: First sample that is placed.
        last: Last one.
        seed: Of the legacy generator, whose numbers NumPy does not change.
    """
    source = digits.load(first, last)
    random = np.random.RandomState(seed)
    pixels = np.zeros((pictures, SIDE, SIDE), np.uint8)
    objects = []
    for canvas in pixels:
        placed: list[tuple[int, Placed]] = []
        cover = np.zeros((SIDE, SIDE), bool)
        for _ in range(random.randint(1, _MOST + 1)):
            for _ in range(_TRIES):
                sample, scale = random.randint(len(source.labels)), random.randint(1, 4)
                left, top = random.randint(0, SIDE - 8 * scale + 1, 2)
                where = slice(top, top + 8 * scale), slice(left, left + 8 * scale)
                if not cover[where].any():
                    cover[where] = True
                    canvas[where] = source.pixels[sample].repeat(scale, 0).repeat(scale, 1) * 15
                    place = int(sample) + first, int(left), int(top), int(scale)
                    placed.append((int(source.labels[sample]), place))
                    break
        objects.append(tuple(placed))
    return Canvases(pixels=pixels, objects=tuple(objects))
