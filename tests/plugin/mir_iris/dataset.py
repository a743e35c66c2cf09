"""The 150 irises that come with scikit-learn, as arrays of four numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from registry.evidence import digests
from registry.evidence.digest_cache import Remembered
from registry.verify.datasets import Reader


@dataclass(frozen=True)
class Irises:
    """What `registry.verify.datasets.Dataset` asks for, and the labels that classification needs."""

    classes: tuple[str, ...]
    measurements: np.ndarray
    labels: np.ndarray
    name: str = "Iris"

    @property
    def names(self) -> Sequence[str]:
        """The flowers' numbers."""
        return [str(number) for number in range(len(self.labels))]

    def sample(self, index: int) -> np.ndarray:
        """Length and width of sepal and petal, in centimetres."""
        return self.measurements[index]

    def fingerprint(self, remembered: Remembered) -> str:
        """Digest of all samples and labels."""
        return digests.of_bytes(self.measurements.tobytes() + self.labels.tobytes())


def load(path: Path | None, name: str, categories: Sequence[str] | None) -> Irises:
    """Read the irises; a data set in a folder would read `path`."""
    from sklearn.datasets import load_iris

    irises = load_iris()
    return Irises(
        classes=tuple(irises.target_names),
        measurements=irises.data.astype(np.float32),
        labels=irises.target.astype(np.int64),
    )


READER = Reader(answers="labels", load=load, folder=False)
