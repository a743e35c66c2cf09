"""What a model answered for every sample, kept so that a dispute can be settled without the model or a GPU.

The file is NumPy's `.npz`, a zip of plain arrays that `numpy.load` opens too. It is read here without `numpy.load`,
because a file that somebody sends is hostile input: arrays of objects would run code, and a header may promise an
array larger than the memory. Needs NumPy, and no torch.
"""

from __future__ import annotations

import io
import json
import math
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from registry.evidence import digests
from registry.files import reason, write_atomic
from registry.types import PredictionsError

_FORMAT = "mir-predictions/1"
LARGEST = 1 << 30
"""Bytes that the file may take, and all its arrays when unpacked."""
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    AttributeError,
    EOFError,
    KeyError,
    NotImplementedError,  # a compression that zipfile does not know
    RuntimeError,  # an encrypted member, or brackets nested too deep
    ValueError,
)
_KINDS = {"about": "U", "samples": "U", "labels": "i", "top": "i", "scores": "f"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Predictions:
    """The answers of one model on one dataset, samples in the dataset's order.

    Attributes:
        model: The model's name.
        dataset: The dataset's name.
        samples: Name of each sample, shape (n,).
        labels: Right class of each sample, shape (n,).
        top: The classes with the highest scores, highest first, shape (n, k); -1 throughout for a sample that could
            not be read, which therefore counts as wrong.
        scores: Their scores, shape (n, k), 32-bit floats.
        digests: What it was made from: `weights`, `dataset`, `preprocessing`, as in evidence.
    """

    model: str
    dataset: str
    samples: npt.NDArray[np.str_]
    labels: npt.NDArray[np.int32]
    top: npt.NDArray[np.int32]
    scores: npt.NDArray[np.float32]
    digests: Mapping[str, str] = field(default_factory=dict)

    def correct(self, k: int = 1) -> npt.NDArray[np.bool_]:
        """Whether each sample's right class is among its `k` best answers.

        Raises:
            PredictionsError: Fewer than `k` answers were kept.
        """
        if not 1 <= k <= self.top.shape[1]:
            raise PredictionsError(f"holds the best {self.top.shape[1]} answers of each sample, not the best {k}")
        found: npt.NDArray[np.bool_] = (self.top[:, :k] == self.labels[:, None]).any(axis=1)
        return found

    def per_class(self, k: int = 1) -> dict[int, tuple[int, int]]:
        """For each class, how many of its samples are right, and how many there are."""
        right = self.correct(k)
        return {
            int(label): (int(right[self.labels == label].sum()), int((self.labels == label).sum()))
            for label in np.unique(self.labels)
        }


def dump(predictions: Predictions) -> bytes:
    """The file's bytes, the same for the same predictions."""
    about = {
        "format": _FORMAT,
        "model": predictions.model,
        "dataset": predictions.dataset,
        "digests": dict(sorted(predictions.digests.items())),
    }
    whole = io.BytesIO()
    np.savez_compressed(
        whole,
        about=np.array(json.dumps(about)),
        samples=predictions.samples,
        labels=predictions.labels.astype("<i4"),
        top=predictions.top.astype("<i4"),
        scores=predictions.scores.astype("<f4"),
    )
    return whole.getvalue()


def save(path: Path, predictions: Predictions) -> str:
    """Write the file, whole or not at all, and return its digest.

    Raises:
        OutputError: It cannot be written.
    """
    data = dump(predictions)
    write_atomic(path, data)
    return digests.of_bytes(data)


def load(path: Path) -> Predictions:
    """Read a file that `save` wrote.

    Raises:
        PredictionsError: It cannot be read, or is something else.
    """
    try:
        with path.open("rb") as file:
            return parse(file, str(path))
    except OSError as error:
        raise PredictionsError(f"{path} cannot be read: {reason(error)}") from error


def parse(file: BinaryIO, path: str) -> Predictions:
    """Read an open file.

    Args:
        file: What `dump` made.
        path: What to call it.

    Raises:
        PredictionsError: It is something else.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            arrays = _arrays(archive)
        about = json.loads(str(arrays["about"]))
        if not isinstance(about, dict) or about.get("format") != _FORMAT:
            raise ValueError(f"its format is not {_FORMAT}")
        texts = about["model"], about["dataset"], *about["digests"].values()
        if not all(isinstance(text, str) for text in texts):
            raise ValueError("its names are not text")
    except _BROKEN as error:
        raise PredictionsError(f"{path} is not a file of predictions: {error}") from error
    count = arrays["labels"].shape
    if len(count) != 1 or arrays["samples"].shape != count or arrays["top"].ndim != 2:
        raise PredictionsError(f"{path} is not a file of predictions: its arrays do not fit together")
    if arrays["top"].shape[0] != count[0] or arrays["scores"].shape != arrays["top"].shape:
        raise PredictionsError(f"{path} is not a file of predictions: its arrays do not fit together")
    return Predictions(
        model=about["model"],
        dataset=about["dataset"],
        samples=arrays["samples"],
        labels=arrays["labels"],
        top=arrays["top"],
        scores=arrays["scores"],
        digests=about["digests"],
    )


def _arrays(archive: zipfile.ZipFile) -> dict[str, Any]:
    members = {item.filename: item for item in archive.infolist()}
    if members.keys() != {f"{name}.npy" for name in _KINDS}:
        raise ValueError(f"it does not hold exactly {', '.join(_KINDS)}")
    if sum(item.file_size for item in members.values()) > LARGEST:
        raise ValueError(f"its arrays are larger than {LARGEST} bytes")
    return {name: _array(archive.read(f"{name}.npy"), kind) for name, kind in _KINDS.items()}


def _array(data: bytes, kind: str) -> npt.NDArray[Any]:
    """One `.npy`, whose header must promise exactly the bytes that follow it."""
    stream = io.BytesIO(data)
    if np.lib.format.read_magic(stream) != (1, 0):
        raise ValueError("its arrays are of another version")
    shape, fortran, dtype = np.lib.format.read_array_header_1_0(stream)
    rest = data[stream.tell() :]
    if dtype.kind != kind or fortran or len(rest) != math.prod(shape) * dtype.itemsize:
        raise ValueError("an array is not what its header says")
    return np.frombuffer(rest, dtype=dtype).reshape(shape)
