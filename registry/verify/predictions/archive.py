"""The file of kept predictions: a zip of plain arrays, as NumPy's `.npz`, and of JSON documents.

`numpy.load` opens it, and `unzip` takes out its documents. It is read here without `numpy.load`, because a file that
somebody sends is hostile input: arrays of objects would run code, and a header may promise an array larger than the
memory.
"""

from __future__ import annotations

import io
import json
import math
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptPredictions:
    """The predictions of one model on one dataset, samples in the dataset's order.

    Attributes:
        task: Name of the task, whose `score` takes metrics from it.
        samples: Name of each sample, shape (n,).
        classes: Name of each class, in the order of their numbers; empty where there are none.
        digests: What it was made from: `weights`, `dataset`, `preprocessing`, as in evidence.
        arrays: Predictions and references by name; the first axis is the samples'.
        documents: Such of them as are no arrays, as JSON data: COCO's results, for example.
    """

    task: str
    model: str
    dataset: str
    samples: npt.NDArray[np.str_]
    classes: tuple[str, ...] = ()
    digests: Mapping[str, str] = field(default_factory=dict)
    arrays: Mapping[str, npt.NDArray[Any]] = field(default_factory=dict)
    documents: Mapping[str, Any] = field(default_factory=dict)


LARGEST = 1 << 30
"""Bytes that the file may take, and all its arrays when unpacked."""

_MEMBERS = 64
"""So many arrays and documents a file may have."""

_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    AttributeError,
    EOFError,
    KeyError,
    NotImplementedError,  # a compression that zipfile does not know
    OverflowError,
    RuntimeError,  # an encrypted member, or brackets nested too deep
    TypeError,  # a shape of truth values
    ValueError,
)
_STORED = {"b": "|b1", "i": "<i4", "u": "<i4", "f": "<f4"}
"""How arrays are stored, by NumPy's letter for what they hold; 64-bit floats stay as they are."""

_SECOND_OF_1980 = (1980, 1, 1, 0, 0, 0)


def pack(about: Mapping[str, Any], arrays: Mapping[str, npt.NDArray[Any]], documents: Mapping[str, Any]) -> bytes:
    """A file's bytes, the same for the same contents.

    Args:
        about: What the file says of itself.
        arrays: Its arrays; whole numbers take 32 bits.
        documents: Plain JSON data by name.
    """
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {"about": about, **documents}.items():
            _write(archive, f"{name}.json", json.dumps(data, allow_nan=False).encode())
        for name, array in arrays.items():
            stream = io.BytesIO()
            stored = array if array.dtype == np.float64 else array.astype(_STORED.get(array.dtype.kind, array.dtype))
            np.lib.format.write_array(stream, np.ascontiguousarray(stored), version=(1, 0), allow_pickle=False)
            _write(archive, f"{name}.npy", stream.getvalue())
    return whole.getvalue()


def unpack(file: BinaryIO) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]], dict[str, Any]]:
    """What a file says of itself, its arrays, and its documents.

    Raises:
        ValueError: It is no such file.
    """
    arrays: dict[str, npt.NDArray[Any]] = {}
    documents: dict[str, Any] = {}
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            if len(members) > _MEMBERS or sum(item.file_size for item in members) > LARGEST:
                raise ValueError(f"it holds more than {_MEMBERS} arrays or {LARGEST} bytes")
            for item in members:
                name, _, suffix = item.filename.rpartition(".")
                if suffix not in ("npy", "json") or not name.isidentifier() or name in {*arrays, *documents}:
                    raise ValueError(f"it holds {item.filename!r}, which is neither an array nor a document of its own")
                data = archive.read(item)
                if suffix == "npy":
                    arrays[name] = _array(data)
                else:
                    documents[name] = json.loads(data, parse_constant=_refuse)
        about = documents.pop("about")
    except _BROKEN as error:
        raise ValueError(str(error)) from error
    if not isinstance(about, dict):
        raise ValueError("it does not say what it is")
    return about, arrays, documents


def _write(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    item = zipfile.ZipInfo(name, _SECOND_OF_1980)
    item.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(item, data)


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no number")


def _array(data: bytes) -> npt.NDArray[Any]:
    """One `.npy`, whose header must promise exactly the bytes that follow it."""
    stream = io.BytesIO(data)
    if np.lib.format.read_magic(stream) != (1, 0):
        raise ValueError("its arrays are of another version")
    shape, fortran, dtype = np.lib.format.read_array_header_1_0(stream)
    rest = data[stream.tell() :]
    if dtype.kind not in "Ubif" or fortran or len(rest) != math.prod(shape) * dtype.itemsize:
        raise ValueError("an array is not what its header says")
    return np.frombuffer(rest, dtype=dtype).reshape(shape)
