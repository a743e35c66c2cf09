"""The file of kept answers: NumPy's `.npz`, a zip of plain arrays that `numpy.load` opens too.

It is read here without `numpy.load`, because a file that somebody sends is hostile input: arrays of objects would run
code, and a header may promise an array larger than the memory.
"""

from __future__ import annotations

import io
import json
import math
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

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
Arrays = Mapping[str, str]
"""Names of arrays, each with NumPy's letter for what it holds."""

_STORED = {"i": "<i4", "f": "<f4"}


def pack(about: Mapping[str, Any], arrays: Mapping[str, npt.NDArray[Any]], kinds: Arrays) -> bytes:
    """A file's bytes.

    Args:
        about: What the file says of itself.
        arrays: Its arrays; numbers take 32 bits.
        kinds: What each holds.
    """
    stored: dict[str, Any] = {
        name: array.astype(_STORED.get(kinds[name], array.dtype)) for name, array in arrays.items()
    }
    whole = io.BytesIO()
    np.savez_compressed(whole, allow_pickle=False, about=np.array(json.dumps(about)), **stored)
    return whole.getvalue()


def unpack(file: BinaryIO, formats: Mapping[str, Arrays]) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
    """What a file says of itself, and its arrays.

    Args:
        file: What `pack` made.
        formats: The arrays of every format that is known, by what such a file calls itself.

    Raises:
        ValueError: It is no such file.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            members = {item.filename: item for item in archive.infolist()}
            if sum(item.file_size for item in members.values()) > LARGEST:
                raise ValueError(f"its arrays are larger than {LARGEST} bytes")
            about = json.loads(str(_array(archive.read("about.npy"), "U")))
            kinds = formats.get(about["format"]) if isinstance(about, dict) else None
            if kinds is None:
                raise ValueError(f"its format is not {' or '.join(formats)}")
            if members.keys() != {"about.npy", *(f"{name}.npy" for name in kinds)}:
                raise ValueError(f"it does not hold exactly {', '.join(kinds)}")
            arrays = {name: _array(archive.read(f"{name}.npy"), kind) for name, kind in kinds.items()}
        texts = about["model"], about["dataset"], *about["digests"].values()
    except _BROKEN as error:
        raise ValueError(str(error)) from error
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("its names are not text")
    if arrays["samples"].ndim != 1 or any(array.shape[:1] != arrays["samples"].shape for array in arrays.values()):
        raise ValueError("its arrays do not fit together")
    return about, arrays


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
