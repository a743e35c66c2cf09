"""What a model predicted for every sample, kept so that a dispute can be settled without the model or a GPU.

Needs NumPy, and no torch. What the arrays mean is the task's business: see `registry.verify.tasks`.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import numpy as np

from registry.evidence import digests
from registry.files import reason, write_atomic
from registry.types import PredictionsError
from registry.verify.predictions.archive import LARGEST, KeptPredictions, pack, unpack

__all__ = ["LARGEST", "KeptPredictions", "dump", "load", "parse", "save"]

FORMAT = "mir-predictions/1"


def dump(predictions: KeptPredictions) -> bytes:
    """The file's bytes, the same for the same predictions."""
    about = {
        "format": FORMAT,
        "task": predictions.task,
        "model": predictions.model,
        "dataset": predictions.dataset,
        "classes": list(predictions.classes),
        "digests": dict(sorted(predictions.digests.items())),
    }
    return pack(
        about, {"samples": np.asarray(predictions.samples, np.str_), **predictions.arrays}, predictions.documents
    )


def save(path: Path, predictions: KeptPredictions) -> str:
    """Write the file, whole or not at all, and return its digest.

    Raises:
        OutputError: It cannot be written.
    """
    data = dump(predictions)
    write_atomic(path, data)
    return digests.of_bytes(data)


def load(path: Path) -> KeptPredictions:
    """Read a file that `save` wrote.

    Raises:
        PredictionsError: It cannot be read, or is something else.
    """
    try:
        with path.open("rb") as file:
            return parse(file, str(path))
    except OSError as error:
        raise PredictionsError(f"{path} cannot be read: {reason(error)}") from error


def parse(file: BinaryIO, path: str) -> KeptPredictions:
    """Read an open file.

    Raises:
        PredictionsError: It is something else.
    """
    try:
        about, arrays, documents = unpack(file)
        if about.get("format") != FORMAT:
            raise ValueError(f"its format is not {FORMAT}")
        names = [about.get("task"), about.get("model"), about.get("dataset")]
        classes, bound = about.get("classes"), about.get("digests")
        if not isinstance(classes, list) or not isinstance(bound, dict):
            raise ValueError("it does not say of which classes and data it is")
        if not all(isinstance(text, str) for text in (*names, *classes, *bound.values())):
            raise ValueError("its names are not text")
        samples = arrays.pop("samples", np.zeros(()))
        if samples.dtype.kind != "U" or samples.ndim != 1:
            raise ValueError("it does not name its samples")
        if any(array.shape[:1] != samples.shape for array in arrays.values()):
            raise ValueError("its arrays do not fit together")
    except ValueError as error:
        raise PredictionsError(f"{path} is not a file of predictions: {error}") from error
    return KeptPredictions(
        task=str(names[0]),
        model=str(names[1]),
        dataset=str(names[2]),
        samples=samples,
        classes=tuple(classes),
        digests=bound,
        arrays=arrays,
        documents=documents,
    )
