"""Datasets that torchvision knows how to read, from files that are already on this machine.

Their pickled files are read by torchvision only after it has compared them with the MD5 sums of the published ones.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from registry.types import DatasetError
from registry.verify.datasets.dataset import Arrays
from registry.verify.datasets.digits import load_idx
from registry.verify.datasets.sources import packed
from registry.vocabulary.dataset_sizes import split_name


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownReader:
    """How torchvision reads a dataset.

    Attributes:
        reader: Its class.
        splits: The class's arguments for each split.
        holds: The file or folder that must be there; empty for MNIST's format, which is read here.
    """

    reader: str
    splits: Mapping[str, Mapping[str, Any]]
    holds: str = ""


_BY_FLAG: Mapping[str, Mapping[str, Any]] = {"test": {"train": False}, "train": {"train": True}}
_BY_NAME: Mapping[str, Mapping[str, Any]] = {"test": {"split": "test"}, "train": {"split": "train"}}

READERS: Mapping[str, KnownReader] = {
    "CIFAR-10": KnownReader(reader="CIFAR10", splits=_BY_FLAG, holds="cifar-10-batches-py"),
    "CIFAR-100": KnownReader(reader="CIFAR100", splits=_BY_FLAG, holds="cifar-100-python"),
    "Fashion-MNIST": KnownReader(reader="FashionMNIST", splits=_BY_FLAG),
    "MNIST": KnownReader(reader="MNIST", splits=_BY_FLAG),
    "STL-10": KnownReader(reader="STL10", splits=_BY_NAME, holds="stl10_binary"),
    "SVHN": KnownReader(reader="SVHN", splits={**_BY_NAME, "extra": {"split": "extra"}}, holds="{split}_32x32.mat"),
}
"""By the dataset's name."""


def load(path: Path, name: str, split: str = "test") -> Arrays:
    """Read a split.

    Raises:
        DatasetError: It is not there, or is damaged.
    """
    entry = READERS[name]
    split = split_name(split) or split
    if split not in entry.splits:
        raise DatasetError(f"{name} has no split {split}: it has {', '.join(sorted(entry.splits))}")
    from registry.verify.torchvision_ops import import_torchvision

    reader = getattr(import_torchvision().datasets, entry.reader)
    if not entry.holds:
        pixels, labels = load_idx(path, name, ("raw", f"{entry.reader}/raw", entry.reader), split)
        return Arrays(name=f"{name} ({split})", classes=tuple(reader.classes), pixels=pixels, labels=labels)
    holds = entry.holds.format(split=split)
    root = path.parent if path.name == holds else path
    if not (root / holds).exists():
        raise DatasetError(f"{name} in {path} lacks {holds}{packed(path)}")
    try:
        dataset = reader(str(root), download=False, **entry.splits[split])
    except ModuleNotFoundError as error:
        raise DatasetError(f"{name} needs the package {error.name}: pip install {error.name}") from error
    except (RuntimeError, OSError, ValueError, pickle.UnpicklingError) as error:
        if "corrupted" in str(error):
            raise DatasetError(
                f"{name} in {root} cannot be read: a file of {holds} is not there, or its MD5 sum is not that of the "
                "published one; get it again"
            ) from error
        raise DatasetError(f"{name} in {root} cannot be read: {str(error).splitlines()[0]}") from error
    labels = np.asarray(dataset.targets if hasattr(dataset, "targets") else dataset.labels, dtype=np.int64)
    classes = getattr(dataset, "classes", None) or [str(number) for number in range(int(labels.max()) + 1)]
    return Arrays(
        name=f"{name} ({split})",
        classes=tuple(str(label) for label in classes),
        pixels=_height_width_channels(np.asarray(dataset.data, dtype=np.uint8)),
        labels=labels,
    )


def _height_width_channels(pixels: Any) -> Any:
    """SVHN and STL-10 keep the channels first."""
    return np.ascontiguousarray(pixels.transpose(0, 2, 3, 1)) if pixels.ndim == 4 and pixels.shape[1] == 3 else pixels
