"""scikit-learn's handwritten digits: 1797 pictures of 8x8 pixels, which come with that package."""

from __future__ import annotations

import gzip
import importlib.util
import math
from pathlib import Path

import numpy as np
import numpy.typing as npt

from registry.types import DatasetError
from registry.verify.datasets.dataset import Arrays
from registry.verify.datasets.sources import packed

SAMPLES = 1797
NAME = "scikit-learn digits"


def load(first: int = 0, last: int = SAMPLES - 1) -> Arrays:
    """The samples `first` to `last`, both included, in the package's order; pixels hold 0 to 16.

    Raises:
        DatasetError: scikit-learn is not installed, or there are no such samples.
    """
    if not 0 <= first <= last < SAMPLES:
        raise DatasetError(f"{NAME} has samples 0 to {SAMPLES - 1}, and not {first} to {last}")
    if importlib.util.find_spec("sklearn") is None:
        raise DatasetError(f"{NAME} come with scikit-learn, which is not installed: pip install scikit-learn")
    from sklearn.datasets import load_digits

    digits = load_digits()
    return Arrays(
        name=f"{NAME} (samples {first}-{last})",
        classes=tuple(str(name) for name in digits.target_names),
        pixels=digits.images[first : last + 1].astype(np.uint8),
        labels=digits.target[first : last + 1].astype(np.int64),
        first=first,
    )


_LARGEST = 1 << 30
_PREFIXES = {"test": ("t10k", "test"), "train": ("train",)}


def load_idx(
    path: Path, name: str, folders: tuple[str, ...], split: str
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """Pictures (n, height, width) and their labels, from the folder itself or one below it.

    Args:
        path: The folder that was named.
        name: The dataset's name.
        folders: Folders below it that may hold the files.
        split: `train` or `test`.

    Raises:
        DatasetError: They are not there, or are damaged.
    """
    files = [_file(path, folders, split, part) for part in ("images-idx3", "labels-idx1")]
    pictures, labels = files
    if pictures is None or labels is None:
        other = "train" if split == "test" else "test"
        only = f"; it holds only the split {other}" if _file(path, folders, other, "images-idx3") else ""
        prefix = _PREFIXES[split][0]
        raise DatasetError(
            f"{name} in {path} lacks {prefix}-images-idx3-ubyte and {prefix}-labels-idx1-ubyte (as they are, or .gz)"
            f"{only}{packed(path)}"
        )
    pixels, classes = _read(pictures, name, 3), _read(labels, name, 1).astype(np.int64)
    if len(pixels) != len(classes):
        raise DatasetError(f"{name} in {path} has {len(pixels)} pictures and {len(classes)} labels")
    return pixels, classes


def _file(path: Path, folders: tuple[str, ...], split: str, part: str) -> Path | None:
    spelled = [
        f"{prefix}-{spelling}-ubyte" for prefix in _PREFIXES[split] for spelling in (part, part.replace("-idx", ".idx"))
    ]
    candidates = (
        path / folder / f"{stem}{end}" for folder in (".", *folders) for stem in spelled for end in ("", ".gz")
    )
    return next((candidate for candidate in candidates if candidate.is_file()), None)


def _read(file: Path, name: str, axes: int) -> npt.NDArray[np.uint8]:
    try:
        if file.suffix == ".gz":
            with gzip.open(file) as opened:
                data = opened.read(_LARGEST)
        else:
            data = file.read_bytes()
    except (OSError, EOFError, ValueError) as error:
        raise DatasetError(f"{name}: {file} cannot be read: {error}") from error
    shape = tuple(int(side) for side in np.frombuffer(data[4 : 4 + 4 * axes], ">i4"))
    if data[:4] != bytes((0, 0, 8, axes)) or len(shape) != axes or len(data) != 4 + 4 * axes + math.prod(shape):
        raise DatasetError(f"{name}: {file} is no idx file of {axes} axes of bytes, or is truncated")
    return np.frombuffer(data, np.uint8, offset=4 + 4 * axes).reshape(shape)
