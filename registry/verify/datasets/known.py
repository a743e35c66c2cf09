"""Datasets that torchvision knows how to read, from files that are already on this machine.

Their pickled files are read by torchvision only after it has compared them with the MD5 sums of the published ones.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from registry.types import DatasetError
from registry.verify.datasets.dataset import Arrays

READERS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "CIFAR-10": ("CIFAR10", {"train": False}),
    "CIFAR-100": ("CIFAR100", {"train": False}),
    "Fashion-MNIST": ("FashionMNIST", {"train": False}),
    "MNIST": ("MNIST", {"train": False}),
    "STL-10": ("STL10", {"split": "test"}),
    "SVHN": ("SVHN", {"split": "test"}),
}
"""torchvision's class and its arguments for the test split, by the dataset's name."""

_PICTURES, _LABELS = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"


def load(path: Path, name: str) -> Arrays:
    """Read a dataset's test split.

    Raises:
        DatasetError: It is not there, or is damaged.
    """
    reader, arguments = READERS[name]
    if (path / _PICTURES).is_file() and (path / _LABELS).is_file():
        return _load_idx(path, name, reader)
    # Most data sets need no torch, and what is kept of a run is held against them without it.
    from registry.verify.torchvision_ops import import_torchvision

    try:
        found = getattr(import_torchvision().datasets, reader)(str(path), download=False, **arguments)
    except ModuleNotFoundError as error:
        raise DatasetError(f"{name} needs the package {error.name}: pip install {error.name}") from error
    except (RuntimeError, OSError, ValueError, pickle.UnpicklingError) as error:
        raise DatasetError(f"{name} in {path} cannot be read: {str(error).splitlines()[0]}") from error
    labels = np.asarray(found.targets if hasattr(found, "targets") else found.labels, dtype=np.int64)
    classes = getattr(found, "classes", None) or [str(number) for number in range(int(labels.max()) + 1)]
    return Arrays(
        name=f"{name} (test)",
        classes=tuple(str(each) for each in classes),
        pixels=_height_width_channels(np.asarray(found.data, dtype=np.uint8)),
        labels=labels,
    )


def _load_idx(path: Path, name: str, reader: str) -> Arrays:
    """The test pictures of MNIST and the like where the files lie in the folder itself."""
    from registry.verify.torchvision_ops import import_torchvision

    module = import_torchvision().datasets.mnist
    try:
        pixels, labels = module.read_image_file(str(path / _PICTURES)), module.read_label_file(str(path / _LABELS))
    except (AssertionError, IndexError, OSError, RuntimeError, TypeError, ValueError) as error:
        raise DatasetError(f"{name} in {path} cannot be read: {type(error).__name__}") from error
    if len(pixels) != len(labels):
        raise DatasetError(f"{name} in {path} has {len(pixels)} pictures and {len(labels)} labels")
    classes = tuple(getattr(module, reader).classes)
    return Arrays(name=f"{name} (test)", classes=classes, pixels=pixels.numpy(), labels=labels.numpy())


def _height_width_channels(pixels: Any) -> Any:
    """SVHN and STL-10 keep the channels first."""
    return np.ascontiguousarray(pixels.transpose(0, 2, 3, 1)) if pixels.ndim == 4 and pixels.shape[1] == 3 else pixels
