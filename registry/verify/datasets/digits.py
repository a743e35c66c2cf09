"""scikit-learn's handwritten digits: 1797 pictures of 8x8 pixels, which come with that package."""

from __future__ import annotations

import importlib.util

import numpy as np

from registry.types import DatasetError
from registry.verify.datasets.dataset import Arrays

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
