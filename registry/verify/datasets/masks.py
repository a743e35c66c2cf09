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

if TYPE_CHECKING:
    from registry.evidence.digest_cache import Remembered

_LAYOUTS = (("JPEGImages", "SegmentationClass"), ("images", "masks"))
_VOC_LIST = Path("ImageSets/Segmentation/val.txt")


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
        """See `Dataset`."""
        return read_picture(self.folder / self.pictures[index])

    def mask(self, index: int) -> Image.Image:
        """See `Masked`."""
        return read_picture(self.folder / self.masks[index])

    def fingerprint(self, remembered: Remembered) -> str:
        """See `Dataset`."""
        return of_files(self.folder, [*self.pictures, *self.masks], remembered)


def load(path: Path, name: str, categories: Sequence[str] | None) -> MaskFolder:
    """Read the list of samples; of VOC's layout those of its list `val.txt`.

    Raises:
        DatasetError: There are no samples, or one lacks its mask.
    """
    layout = next((each for each in _LAYOUTS if all((path / folder).is_dir() for folder in each)), None)
    if layout is None:
        raise DatasetError(f"{name} in {path} has neither JPEGImages and SegmentationClass nor images and masks")
    try:
        pictures = {each.stem: each.name for each in sorted((path / layout[0]).iterdir()) if _is_picture(each)}
        masks = {each.stem: each.name for each in sorted((path / layout[1]).iterdir()) if _is_picture(each)}
        listed = (path / _VOC_LIST).read_text(encoding="utf-8").split() if (path / _VOC_LIST).is_file() else pictures
    except OSError as error:
        raise DatasetError(f"{name} in {path} cannot be read: {reason(error)}") from error
    stems = list(listed)
    lacking = next((stem for stem in stems if stem not in pictures or stem not in masks), None)
    if lacking is not None or not stems:
        what = "no pictures" if lacking is None else f"no picture or no mask for '{lacking}'"
        raise DatasetError(f"{name} in {path} has {what}")
    return MaskFolder(
        name=name,
        folder=path,
        classes=tuple(categories or ()),
        pictures=tuple(f"{layout[0]}/{pictures[stem]}" for stem in stems),
        masks=tuple(f"{layout[1]}/{masks[stem]}" for stem in stems),
    )


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".")
