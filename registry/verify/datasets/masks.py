"""Pictures with a class for every pixel, as PASCAL VOC lays them out, or as two folders `images` and `masks`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from registry.files import reason
from registry.types import DatasetError
from registry.verify.datasets.class_folders import SUFFIXES, of_files, read_picture
from registry.verify.datasets.dataset import UnreadableError
from registry.verify.datasets.sources import packed, unpacked
from registry.vocabulary.dataset_sizes import split_name

if TYPE_CHECKING:
    from registry.evidence.digest_cache import Remembered

_LAYOUTS = (("JPEGImages", "SegmentationClass"), ("images", "masks"))
_NESTED = ("VOC2012", "VOC2007", "VOCdevkit/VOC2012", "VOCdevkit/VOC2007")
"""Folders that VOC's archives unpack to."""

_VOC_LISTS = "ImageSets/Segmentation"


@dataclass(frozen=True, kw_only=True)
class MaskFolder:
    """See `Masked`.

    Attributes:
        folder: The folder that holds both.
        pictures: Path of each picture from there.
        masks: Path of each mask, in the same order.
    """

    name: str
    folder: Path
    classes: tuple[str, ...]
    pictures: tuple[str, ...]
    masks: tuple[str, ...]

    @property
    def names(self) -> Sequence[str]:
        """The pictures' files."""
        return self.pictures

    def sample(self, index: int) -> Image.Image:
        return read_picture(self.folder / self.pictures[index])

    def mask(self, index: int) -> Image.Image:
        mask = read_picture(self.folder / self.masks[index])
        if mask.mode not in ("L", "P", "1", "I;16", "I"):
            raise UnreadableError(
                f"{self.masks[index]} is a picture of colours ({mask.mode}) where each pixel should hold the number of "
                "its class"
            )
        return mask

    def fingerprint(self, remembered: Remembered) -> str:
        return of_files(self.folder, [*self.pictures, *self.masks], remembered)


def load(path: Path, name: str, categories: Sequence[str] | None, split: str = "val") -> MaskFolder:
    """Read the list of samples; of VOC's layout those of its list for the split, such as `val.txt`.

    Raises:
        DatasetError: There are no samples, the split has no list, or a sample lacks its mask.
    """
    for layout in _LAYOUTS:
        root = unpacked(path, _NESTED, layout)
        if root is not None:
            break
    else:
        raise DatasetError(
            f"{name} in {path} has neither JPEGImages and SegmentationClass nor images and masks{packed(path)}"
        )
    try:
        pictures = {file.stem: file.name for file in sorted((root / layout[0]).iterdir()) if _is_picture(file)}
        masks = {file.stem: file.name for file in sorted((root / layout[1]).iterdir()) if _is_picture(file)}
        stems = _listed(root, name, split) if (root / _VOC_LISTS).is_dir() else list(pictures)
    except OSError as error:
        raise DatasetError(f"{name} in {root} cannot be read: {reason(error)}") from error
    lacking = next((stem for stem in stems if stem not in pictures or stem not in masks), None)
    if lacking is not None or not stems:
        problem = "no pictures" if lacking is None else f"no picture or no mask for '{lacking}'"
        raise DatasetError(f"{name} in {root} has {problem}")
    return MaskFolder(
        name=name,
        folder=root,
        classes=tuple(categories or ()),
        pictures=tuple(f"{layout[0]}/{pictures[stem]}" for stem in stems),
        masks=tuple(f"{layout[1]}/{masks[stem]}" for stem in stems),
    )


def _listed(root: Path, name: str, split: str) -> list[str]:
    """The pictures of a split, as its list names them."""
    part = split_name(split) or split or "val"
    lists = root / _VOC_LISTS
    if not (lists / f"{part}.txt").is_file():
        names = ", ".join(sorted(file.name for file in lists.glob("*.txt"))) or "none"
        raise DatasetError(f"{name} in {root} lacks {_VOC_LISTS}/{part}.txt; its lists: {names}")
    return (lists / f"{part}.txt").read_text(encoding="utf-8").split()


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".")
