"""What an evaluation needs of a dataset. It goes to worker processes, so it pickles and holds no open file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt
from PIL import Image

from registry.types import DatasetError

if TYPE_CHECKING:
    from registry.evidence.digest_cache import Remembered


GUESSED = "guessed"
"""How the order of classes was found where nothing says it: as the names of their folders are sorted."""


IGNORED = 255
"""The class of pixels that are not counted, as PASCAL VOC marks outlines."""


class UnreadableError(Exception):
    """One sample cannot be read; the message says why."""


class Dataset(Protocol):
    """Samples in a fixed order, each with its right answer.

    Attributes:
        name: The dataset's name, with its split where it has one.
        classes: Name of each class, in the order of the labels; empty where there are none.
        names: Name of each sample: its file, or its number.
    """

    @property
    def name(self) -> str: ...

    @property
    def classes(self) -> tuple[str, ...]: ...

    @property
    def names(self) -> Sequence[str]: ...

    def sample(self, index: int) -> Any:
        """What a model's input is made of, as it is stored: a picture, two of them, a text, an array, a path.

        Raises:
            UnreadableError: It cannot be decoded.
        """

    def fingerprint(self, remembered: Remembered) -> str:
        """Digest of the names and contents of all samples and answers, `sha256:<hex>`.

        Raises:
            DatasetError: A file cannot be read.
        """


class Labelled(Dataset, Protocol):
    """A dataset for classification."""

    @property
    def labels(self) -> npt.NDArray[np.int64]:
        """The class of each sample, shape (n,)."""


class Masked(Dataset, Protocol):
    """A dataset for semantic segmentation."""

    def mask(self, index: int) -> Image.Image:
        """The class of each pixel, a picture of mode `L` or `P`; `IGNORED` is not counted."""


@dataclass(frozen=True, kw_only=True)
class Arrays:
    """A dataset that lies in memory.

    Attributes:
        pixels: Bytes of shape (n, height, width) for grey or (n, height, width, 3) for RGB.
        labels: Classes, shape (n,).
        first: Number of the first sample, where these are a part of something larger.
    """

    name: str
    classes: tuple[str, ...]
    pixels: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int64]
    first: int = 0

    @property
    def names(self) -> Sequence[str]:
        """The samples' numbers."""
        return [str(number) for number in range(self.first, self.first + len(self.labels))]

    def sample(self, index: int) -> Image.Image:
        return Image.fromarray(self.pixels[index])

    def sample_digests(self, remembered: Remembered) -> Iterator[str]:
        """Digest of each sample's pixels."""
        from registry.evidence import digests

        return (digests.of_bytes(np.ascontiguousarray(picture).tobytes()) for picture in self.pixels)

    def fingerprint(self, remembered: Remembered) -> str:
        from registry.evidence import digests

        about = f"{self.pixels.shape} {self.first} {','.join(self.classes)}\0".encode()
        content = self.pixels.astype("u1").tobytes() + self.labels.astype("<i8").tobytes()
        return digests.of_bytes(about + content)


def align(dataset: Arrays, categories: Sequence[str] | None) -> Arrays:
    """The same samples, their labels numbered as the model numbers its outputs, where both have the same names."""
    if categories is None or set(categories) != set(dataset.classes) or tuple(categories) == dataset.classes:
        return dataset
    number = np.array([categories.index(name) for name in dataset.classes], dtype=np.int64)
    return replace(dataset, classes=tuple(categories), labels=number[dataset.labels])


def check_classes(dataset: Dataset, outputs: int) -> None:
    """Hold a dataset's classes against the model's outputs.

    Raises:
        DatasetError: There are more classes than outputs, or fewer and nothing says which is which.
    """
    if len(dataset.classes) < outputs and getattr(dataset, "class_order", "") == GUESSED:
        raise DatasetError(
            f"{dataset.name} has {len(dataset.classes)} classes and the model has {outputs} outputs, so that "
            "nobody can tell which is which: name them in the order of the outputs in the card's Classes"
        )
    if len(dataset.classes) > outputs:
        raise DatasetError(f"{dataset.name} has {len(dataset.classes)} classes and the model has {outputs} outputs")
