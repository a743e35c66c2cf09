"""A folder of pictures with one folder for each class, as ImageNet's validation set is laid out."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PIL import Image

from registry.files import reason
from registry.types import DatasetError
from registry.verify.datasets.class_order import class_order
from registry.verify.datasets.dataset import UnreadableError
from registry.verify.datasets.sources import packed
from registry.vocabulary.dataset_sizes import split_name

if TYPE_CHECKING:
    from registry.evidence.digest_cache import Remembered

SUFFIXES = frozenset({".bmp", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"})
SPLITS = ("val", "validation", "test")
"""Folders that hold the samples, where the named folder itself does not."""


@dataclass(frozen=True, kw_only=True)
class ImageFolder:
    """See `Labelled`. Labels number the classes in the order of `classes`.

    Attributes:
        folder: The folder that holds the class folders.
        files: Path of each sample from there, sorted by class and name.
        class_order: How the order of the classes was found.
    """

    name: str
    folder: Path
    classes: tuple[str, ...]
    files: tuple[str, ...]
    labels: npt.NDArray[np.int64]
    class_order: str = ""

    @property
    def names(self) -> Sequence[str]:
        """The samples' files."""
        return self.files

    def sample(self, index: int) -> Image.Image:
        return read_picture(self.folder / self.files[index])

    def sample_digests(self, remembered: Remembered) -> Iterator[str]:
        """Digest of each file."""
        return (digest for _, digest in remembered.digests(self.folder / file for file in self.files))

    def fingerprint(self, remembered: Remembered) -> str:
        about = f"{','.join(self.classes)}\0".encode() + self.labels.astype("<i8").tobytes()
        return of_files(self.folder, self.files, remembered, about)


def load(
    path: Path, name: str, categories: Sequence[str] | None, split: str = "", *, suffixes: Collection[str] = SUFFIXES
) -> ImageFolder:
    """Read the list of samples.

    Args:
        path: The folder, or one that holds it as `val`.
        name: The dataset's name.
        categories: The model's own class names, in the order of its outputs, where they are known.
        split: The split that is meant, for a folder that has one for each.
        suffixes: How the samples' files end.

    Raises:
        DatasetError: There are no samples, or the order of the classes cannot be told.
    """
    root = _root(path, split)
    try:
        folders = sorted(entry.name for entry in root.iterdir() if entry.is_dir() and not entry.name.startswith("."))
        samples = [(folder, file) for folder in folders for file in _files(root / folder, suffixes)]
    except OSError as error:
        raise DatasetError(f"{name} in {path} cannot be read: {reason(error)}") from error
    if not samples:
        kind = "pictures" if suffixes is SUFFIXES else f"{' or '.join(sorted(suffixes))} files"
        loose = f": put the {kind} that lie there into a folder for each class" if _loose(root, suffixes) else ""
        raise DatasetError(f"{name} in {path} has no {kind} in class folders{loose}{packed(path, root)}")
    classes, how = class_order(folders, categories, name, root, path)
    number = {label: index for index, label in enumerate(classes)}
    return ImageFolder(
        name=name,
        folder=root,
        classes=classes,
        files=tuple(f"{folder}/{file}" for folder, file in samples),
        labels=np.array([number[folder] for folder, _ in samples], dtype=np.int64),
        class_order=how,
    )


def holds_class_folders(path: Path, suffixes: Collection[str] = SUFFIXES) -> bool:
    """Whether a folder is laid out as this module reads it."""
    return any(
        _files(folder, suffixes)
        for folder in _root(path).iterdir()
        if folder.is_dir() and not folder.name.startswith(".")
    )


def read_picture(path: Path) -> Image.Image:
    """Decode a picture file wholly, so that a damaged one is found here.

    Raises:
        UnreadableError: It cannot be decoded.
    """
    try:
        with warnings.catch_warnings():
            # Pillow warns of broken metadata beside good pixels, and of large pictures before it refuses larger ones.
            warnings.simplefilter("ignore")
            with Image.open(path) as picture:
                picture.load()
                return picture
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise UnreadableError(str(error).splitlines()[0] if str(error) else type(error).__name__) from error


def of_files(folder: Path, files: Sequence[str], remembered: Remembered, about: bytes = b"") -> str:
    """Digest of files' names and contents, in their order.

    Raises:
        DatasetError: A file cannot be read.
    """
    whole = hashlib.sha256(about)
    try:
        for file, (_, digest) in zip(files, remembered.digests(folder / file for file in files), strict=True):
            whole.update(f"{file}\0{digest}\n".encode())
    except OSError as error:
        raise DatasetError(f"a file in {folder} cannot be read: {reason(error)}") from error
    return f"sha256:{whole.hexdigest()}"


def _root(path: Path, split: str = "") -> Path:
    key = split_name(split)
    splits = ("train",) if key == "train" else sorted(SPLITS, key=lambda part: split_name(part) != key)
    return next((path / part for part in splits if (path / part).is_dir()), path)


def _loose(folder: Path, suffixes: Collection[str]) -> bool:
    return any(file.suffix.lower() in suffixes for file in folder.iterdir())


def _files(folder: Path, suffixes: Collection[str]) -> list[str]:
    files = (file for file in folder.rglob("*") if file.suffix.lower() in suffixes)
    # What macOS leaves beside each file of an archive is none of its samples.
    return sorted(file.relative_to(folder).as_posix() for file in files if not file.name.startswith("."))
