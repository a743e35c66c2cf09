"""What the header of a safetensors file says of its tensors: how many numbers, in which types. No tensor is read.

The format: eight bytes with the header's length, the header as JSON, the tensors. A large model is several such files
and an index of them, `model.safetensors.index.json`.
"""

from __future__ import annotations

import json
import math
import struct
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from registry.file_inputs import asked
from registry.lazy_regex import lazy_regex
from registry.read.problems import MAX_BYTES

ReadRange = Callable[[str, int, int], bytes]
"""Gives the bytes of a file from one offset up to another, or fewer where it ends."""

NAMES = (
    "model.safetensors.index.json",
    "model.safetensors",
    "diffusion_pytorch_model.safetensors.index.json",
    "diffusion_pytorch_model.safetensors",
    "adapter_model.safetensors",
)
"""Files that a repository keeps its tensors in, the first that there is counts."""

FIRST = 1 << 14
"""Bytes that are asked for first: most headers fit."""

_MOST_FILES = 2000
_MOST_TENSORS = 1_000_000
_BUFFER = lazy_regex(
    r"(?:^|\.)(?:running_mean|running_var|num_batches_tracked|position_ids|inv_freq|relative_position_index|"
    r"masked_bias|rotary_emb\.\w+|(?:sin|cos)_cached)$"
)
_MASK = lazy_regex(r"(?:^|\.)(?:attn|attention)\.bias$")
"""Tensors that models keep beside their parameters, and that are not learned; GPT-2's mask is called a bias, and has
four dimensions."""

PACKED = frozenset({"I8", "U8", "I16", "U16", "I32", "U32", "I64", "U64", "BOOL"})
"""Types of numbers that no weights have: quantized ones are packed into them, several to a number."""


_MOST_DIMENSIONS = 64
_BITS = {
    **dict.fromkeys(("F4", "F4_E2M1"), 4),
    **dict.fromkeys(("F6_E2M3", "F6_E3M2"), 6),
    **dict.fromkeys(("BOOL", "I8", "U8", "F8_E4M3", "F8_E4M3FNUZ", "F8_E5M2", "F8_E5M2FNUZ", "F8_E8M0"), 8),
    **dict.fromkeys(("BF16", "F16", "I16", "U16"), 16),
    **dict.fromkeys(("F32", "I32", "U32"), 32),
    **dict.fromkeys(("C64", "F64", "I64", "U64"), 64),
}
"""Bits of a number of each type: safetensors' `Dtype`."""


class HeaderError(ValueError):
    """A file has no header of safetensors; the message says why in one sentence."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tensors:
    """What files of tensors hold.

    Attributes:
        by_type: Numbers of each type, buffers left out.
        buffers: Numbers in tensors that are no parameters.
        tensors: How many tensors there are.
        files: How many files they are in.
    """

    by_type: Mapping[str, int]
    buffers: int
    tensors: int
    files: int

    @property
    def parameters(self) -> int:
        """All numbers that are parameters."""
        return sum(self.by_type.values())

    @property
    def packed(self) -> bool:
        """Whether some are of a type that packs several weights into one number, so that the sum counts too few."""
        return any(kind in PACKED for kind in self.by_type)


def count_tensors(file: str, read: ReadRange) -> Tensors:
    """Count what a file of tensors, or an index of several, holds. A tensor of several names is counted once a name.

    Args:
        file: Path or URL; the files of an index lie beside it.
        read: Gives a part of a file.

    Raises:
        HeaderError: There is no such header, or it is larger than the format allows.
    """
    if not file.endswith(".json"):
        return _sum([_header(file, read)])
    index = _parsed(read(file, 0, MAX_BYTES + 1), file)
    names = index.get("weight_map")
    if not isinstance(names, dict) or not names:
        raise HeaderError(f"{file} is no index of tensors: it has no 'weight_map'")
    files = dict.fromkeys(str(name) for name in names.values())
    if len(files) > _MOST_FILES:
        raise HeaderError(f"{file} names {len(files)} files, more than any model has")
    headers = []
    for name in files:
        if PurePosixPath(name).name != name or not name.endswith(".safetensors"):
            raise HeaderError(f"{file} names '{name[:80]}', which is no file beside it")
        headers.append(_header(file.rpartition("/")[0] + "/" + name if "/" in file else name, read))
    return _sum(headers)


def local_tensors(folder: Path) -> str | None:
    """The file that holds the tensors of a repository, or indexes them, `None` where none is here."""
    for name in NAMES:
        asked(folder / name)
    return next((str(folder / name) for name in NAMES if (folder / name).is_file()), None)


def read_local(file: str, start: int, end: int) -> bytes:
    """Read a part of a file of this machine.

    Raises:
        HeaderError: It cannot be read.
    """
    try:
        with Path(file).open("rb") as opened:
            opened.seek(start)
            return opened.read(end - start)
    except OSError as error:
        raise HeaderError(f"{file} cannot be read: {error.strerror or error}") from error


def _header(file: str, read: ReadRange) -> Mapping[str, Any]:
    first = read(file, 0, FIRST)
    if len(first) < 8:
        raise HeaderError(f"{file} is no file of safetensors: it has {len(first)} bytes")
    (length,) = struct.unpack("<Q", first[:8])
    if not 2 <= length <= MAX_BYTES:
        raise HeaderError(f"{file} is no file of safetensors: its header would have {length} bytes")
    data = first[8 : 8 + length]
    if len(data) < length:
        data += read(file, len(first), 8 + length)
    header = _parsed(data[:length], file)
    end = _end(header)
    if read is read_local and end and not read(file, 7 + length + end, 8 + length + end):
        raise HeaderError(f"{file} ends before the tensors that its header promises")
    return header


def _end(header: Mapping[str, Any]) -> int:
    """Where the last tensor ends, if each has as many bytes as its shape and type say, one behind the other.

    Raises:
        HeaderError: They have not: what a header says that nothing holds is nothing.
    """
    places = []
    for name, tensor in header.items():
        if name == "__metadata__":
            continue
        shape, kind, place = (_member(tensor, key) for key in ("shape", "dtype", "data_offsets"))
        sized = isinstance(shape, list) and len(shape) <= _MOST_DIMENSIONS and all(map(_is_size, shape))
        placed = isinstance(place, list) and len(place) == 2 and all(map(_is_size, place))
        if not sized or not placed or not isinstance(kind, str):
            raise HeaderError(f"the header does not say what the tensor '{name[:80]}' is")
        bits = math.prod(shape) * _BITS[kind] if kind in _BITS else 8 * (place[1] - place[0])
        if place[1] < place[0] or 8 * (place[1] - place[0]) != bits:
            raise HeaderError(f"the header gives the tensor '{name[:80]}' another size than its shape has")
        places.append(place)
    end = 0
    for start, following in sorted(places):
        if start != end:
            raise HeaderError("the header lets tensors overlap, or leaves bytes between them")
        end = following
    return end


def _member(entry: Any, key: str) -> Any:
    return entry.get(key) if isinstance(entry, dict) else None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) != len(pairs):
        raise ValueError("a name appears twice")
    return mapping


def _parsed(data: bytes, file: str) -> Mapping[str, Any]:
    try:
        header = json.loads(data, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise HeaderError(f"{file} is no file of safetensors: its header is no JSON") from error
    if not isinstance(header, dict):
        raise HeaderError(f"{file} is no file of safetensors: its header is no mapping")
    return header


def _sum(headers: list[Mapping[str, Any]]) -> Tensors:
    by_type: Counter[str] = Counter()
    buffers = tensors = 0
    for header in headers:
        for name, tensor in header.items():
            if name == "__metadata__":
                continue
            shape, kind = tensor["shape"], tensor["dtype"]
            tensors += 1
            if tensors > _MOST_TENSORS:
                raise HeaderError(f"there are more than {_MOST_TENSORS} tensors")
            count = math.prod(shape)
            if _BUFFER.search(name) or (len(shape) > 2 and _MASK.search(name)):
                buffers += count
            else:
                by_type[kind] += count
    return Tensors(by_type=dict(by_type.most_common()), buffers=buffers, tensors=tensors, files=len(headers))


def _is_size(value: Any) -> bool:
    return type(value) is int and 0 <= value < 1 << 63
