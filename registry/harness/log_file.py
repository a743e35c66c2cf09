"""One file that may be a harness's log: read once and within bounds, whatever it is."""

from __future__ import annotations

import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

from registry.evidence.digests import of_bytes
from registry.files import read_bounded, reason
from registry.harness.log import HarnessLogError
from registry.harness.values import count, entries, loads, mapping, number, text

LARGEST = 64 << 20
"""Bytes of a log. What is logged of samples stands elsewhere, but inspect-ai's JSON has both in one."""

_LARGEST_SAMPLES = 512 << 20
_LINES = 200_000


@dataclass(frozen=True)
class LoggedSamples:
    """What a harness logged of each sample.

    Attributes:
        count: How many samples there are.
        means: Of each metric and filter, where every sample has a number.
    """

    count: int
    means: Mapping[tuple[str, str], float]


@dataclass(frozen=True)
class LogSource:
    """A file."""

    path: Path
    data: bytes

    @classmethod
    def open(cls, path: Path) -> LogSource:
        """Read a file.

        Raises:
            HarnessLogError: It cannot be read, is no plain file, or is too large.
        """
        try:
            return cls(path, read_bounded(path, LARGEST))
        except OSError as error:
            raise HarnessLogError(f"it cannot be read: {reason(error)}") from error

    @property
    def digest(self) -> str:
        """SHA-256 of its bytes."""
        return of_bytes(self.data)

    @cached_property
    def value(self) -> Any:
        """The one value of JSON in it, or in the header of a zip; `None` where it holds several, a line each.

        Raises:
            HarnessLogError: It holds something else.
        """
        if self.data.startswith(b"PK"):
            return loads(_decoded(_header(self.data)))
        whole = _decoded(self.data)
        try:
            return loads(whole)
        except HarnessLogError:
            first, _, rest = whole.strip().partition("\n")
            if rest and first.startswith("{") and first.endswith("}"):
                return None
            raise

    def lines(self) -> Iterator[Any]:
        """The values of a file that holds one in each line; the one value of another."""
        if self.value is not None:
            yield self.value
            return
        for at, line in enumerate(_decoded(self.data).splitlines()):
            if at >= _LINES:
                raise HarnessLogError(f"it has more than {_LINES} lines")
            if line.strip():
                yield loads(line)

    def beside(self, name: str) -> Any:
        """The JSON in a file beside it, `None` where there is none that can be read."""
        try:
            return loads(_decoded(read_bounded(self.path.parent / name, 1 << 20)))
        except (OSError, HarnessLogError):
            return None

    def samples(self, task: str) -> LoggedSamples | None:
        """What was logged of a task's samples beside it, in `samples_TASK_*.jsonl`; `None` where nothing was."""
        if not re.fullmatch(r"[\w.-]{1,200}", task):
            return None
        when = self.path.stem.partition("_")[2]
        paths = [self.path.parent / f"samples_{task}_{when}.jsonl", self.path.parent / f"samples_{task}.jsonl"]
        for file in paths:
            try:
                data = read_bounded(file, _LARGEST_SAMPLES)
            except OSError:
                continue
            return _samples(map(_line, data.splitlines()))
        return None


def _line(line: bytes) -> Mapping[str, Any]:
    try:
        return mapping(json.loads(line)) if line.strip() else {}
    except (ValueError, RecursionError):
        return {}


def _samples(lines: Iterable[Mapping[str, Any]]) -> LoggedSamples | None:
    """With several filters, a sample has a line for each."""
    documents: set[int] = set()
    sums: dict[tuple[str, str], tuple[float, int]] = {}
    for line in lines:
        if (document := count(line.get("doc_id"))) is None:
            continue
        documents.add(document)
        for name in entries(line.get("metrics")):
            value = line.get(str(name))
            score = float(value) if isinstance(value, bool) else number(value)
            if score is not None:
                total, of = sums.get((str(name), text(line.get("filter"))), (0.0, 0))
                sums[str(name), text(line.get("filter"))] = total + score, of + 1
    means = {key: total / of for key, (total, of) in sums.items() if of == len(documents)}
    return LoggedSamples(len(documents), means) if documents else None


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise HarnessLogError("it is neither JSON in UTF-8 nor a log of inspect-ai") from error


def _header(data: bytes) -> bytes:
    """The header of inspect-ai's zip."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            if archive.getinfo("header.json").compress_type == _ZSTANDARD:
                return _zstandard(data, archive.getinfo("header.json"))
            with archive.open("header.json") as member:
                header = member.read(LARGEST + 1)
    except KeyError as error:
        raise HarnessLogError(
            "it is a zip without header.json: no log of inspect-ai, or of a run that did not end"
        ) from error
    except NotImplementedError as error:
        reason = "it is compressed in a way that Python cannot read; write it again with: inspect log convert --to json"
        raise HarnessLogError(reason) from error
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError) as error:
        raise HarnessLogError("it is a broken zip") from error
    if len(header) > LARGEST:
        raise HarnessLogError(f"its header is larger than {LARGEST >> 20} MiB")
    return header


_ZSTANDARD = 93
"""The method of zip that newer versions of inspect-ai compress by."""


def _zstandard(data: bytes, member: zipfile.ZipInfo) -> bytes:
    """A member of a zip that is compressed by Zstandard, which Python reads from 3.14 on, and pyarrow already.

    Raises:
        NotImplementedError: pyarrow is not installed.
        ValueError: The member is broken or too large.
    """
    try:
        import pyarrow
    except ModuleNotFoundError as error:
        raise NotImplementedError from error
    if member.file_size > LARGEST:
        raise ValueError("too large")
    at = member.header_offset
    words, more = (int.from_bytes(data[at + place : at + place + 2], "little") for place in (26, 28))
    start = at + 30 + words + more
    block = data[start : start + member.compress_size]
    content: bytes = pyarrow.decompress(block, member.file_size, codec="zstd", asbytes=True)
    return content
