"""What a model answered for every sample, kept so that a dispute can be settled without the model or a GPU.

Needs NumPy, and no torch. A kind of answers is one file with what `kept_predictions.py` asks for, and one line in
`FORMATS`.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from registry.evidence import digests
from registry.files import reason, write_atomic
from registry.types import PredictionsError
from registry.verify.predictions.archive import LARGEST, pack, unpack
from registry.verify.predictions.best import Predictions
from registry.verify.predictions.kept_predictions import KeptPredictions
from registry.verify.predictions.pixels import PixelCounts

__all__ = ["LARGEST", "KeptPredictions", "PixelCounts", "Predictions", "dump", "load", "parse", "save"]

FORMATS: dict[str, type[Predictions] | type[PixelCounts]] = {
    "mir-predictions/1": Predictions,
    "mir-pixel-counts/1": PixelCounts,
}
"""Kinds of answers by what their file calls itself."""


def dump(kept: KeptPredictions) -> bytes:
    """The file's bytes, the same for the same answers."""
    about = {
        "format": next(name for name, kind in FORMATS.items() if isinstance(kept, kind)),
        "model": kept.model,
        "dataset": kept.dataset,
        "digests": dict(sorted(kept.digests.items())),
    }
    return pack(about, {name: getattr(kept, name) for name in type(kept).ARRAYS}, type(kept).ARRAYS)


def save(path: Path, kept: KeptPredictions) -> str:
    """Write the file, whole or not at all, and return its digest.

    Raises:
        OutputError: It cannot be written.
    """
    data = dump(kept)
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

    Args:
        file: What `dump` made.
        path: What to call it.

    Raises:
        PredictionsError: It is something else.
    """
    try:
        about, arrays = unpack(file, {name: kind.ARRAYS for name, kind in FORMATS.items()})
        return FORMATS[about["format"]](
            model=about["model"], dataset=about["dataset"], digests=about["digests"], **arrays
        )
    except ValueError as error:
        raise PredictionsError(f"{path} is not a file of predictions: {error}") from error
