"""Samples kept as they are after decoding, resizing and cropping, so that the next model pays only for its arithmetic.

One file of bytes for each dataset and geometry, (samples, height, width, channels), as `numpy.load` reads it, mapped
into memory; beside it a JSON file with a checksum of each sample and why those that are not there could not be read.
Its existence says that the bytes are complete; a sample that no longer has its checksum is never handed out.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt
import PIL
import torch

from registry import cache_file
from registry.evidence import digests
from registry.files import beside, tidy
from registry.types import OutputError
from registry.verify.evaluation.batches import Batch, room, split
from registry.verify.geometry import Geometry

_FORMAT = 3

_READERS = 8
"""Threads that copy samples; a checksum on one core is slower than a fast GPU."""

_PIECE = 8
"""Samples that a thread copies at a time."""


class DamagedError(Exception):
    """What was prepared is no longer what was written."""


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A folder of prepared datasets.

    Attributes:
        max_bytes: How much it may hold; what was used longest ago goes first.
    """

    folder: Path
    max_bytes: int = 64 * 2**30

    def find(self, fingerprint: str, geometry: Geometry) -> Opened | None:
        """What was prepared of a dataset, `None` where nothing was."""
        file = self._file(fingerprint, geometry)
        about = _about(file)
        try:
            record = json.loads(cache_file.read(about) or b"")
            unreadable = {int(index): str(why) for index, why in record["unreadable"].items()}
            sums = record["sums"]
            if not file.is_file():
                return None
            # A file that is shorter than its head says is refused here: to touch what is not there ends a process.
            pixels = np.lib.format.open_memmap(file, mode="r")
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None
        with suppress(OSError):
            about.touch()
        return Opened(pixels=pixels, sums=sums, unreadable=unreadable)

    def forget(self, fingerprint: str, geometries: Sequence[Geometry]) -> None:
        """Do not use what was prepared of a dataset again: something in it is damaged."""
        for geometry in geometries:
            with suppress(OSError):
                _about(self._file(fingerprint, geometry)).unlink(missing_ok=True)

    def begin(self, fingerprint: str, geometry: Geometry, samples: int) -> Writer | None:
        """A place for a dataset about to be decoded; `None` where it may not or cannot be kept."""
        tidy(self.folder)
        return Writer(self, self._file(fingerprint, geometry), samples) if geometry.fixed and samples else None

    def make_room(self, size: int) -> bool:
        """Remove what was used longest ago until `size` bytes fit; false where they cannot.

        Whoever reads what is removed has it open, and goes on reading.
        """
        files: list[tuple[float, int, Path]] = []
        for file in self.folder.glob("*.npy"):
            with suppress(OSError):  # somebody else makes room too
                files.append((_used(file), file.stat().st_size, file))
        total = sum(bytes_ for _, bytes_, _ in files)
        for _, bytes_, file in sorted(files):
            if size > self.max_bytes or total + size <= self.max_bytes:
                break
            with suppress(OSError):
                _about(file).unlink(missing_ok=True)
                file.unlink(missing_ok=True)
                total -= bytes_
        return total + size <= self.max_bytes

    def _file(self, fingerprint: str, geometry: Geometry) -> Path:
        about = {"format": _FORMAT, "dataset": fingerprint, "geometry": asdict(geometry), "pillow": PIL.__version__}
        return self.folder / f"{digests.of_json(about).removeprefix('sha256:')[:32]}.npy"


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A prepared dataset, mapped into memory.

    Attributes:
        pixels: (samples, height, width, channels).
        sums: CRC-32 of each sample.
        unreadable: The samples that could not be read, and why.
    """

    pixels: npt.NDArray[np.uint8]
    sums: Sequence[int]
    unreadable: dict[int, str]

    def batches(self, geometry: Geometry, order: Sequence[int], *, size: int, pin: bool) -> Iterator[Batch]:
        """The samples in batches; see `decode`.

        Raises:
            DamagedError: A sample is not what was prepared.
        """
        with ThreadPoolExecutor(_READERS) as readers:
            for indices in split(order, size):
                good = [index for index in indices if index not in self.unreadable]
                yield Batch(
                    indices=good,
                    inputs={geometry: self._rows(good, readers, pin=pin).movedim(-1, 1)} if good else {},
                    unreadable={index: self.unreadable[index] for index in indices if index in self.unreadable},
                )

    def _rows(self, indices: list[int], readers: ThreadPoolExecutor, *, pin: bool) -> torch.Tensor:
        rows = room((len(indices), *self.pixels.shape[1:]), torch.uint8, pin=pin)
        for _ in readers.map(self._copy, split(list(rows.numpy()), _PIECE), split(indices, _PIECE)):
            pass
        return rows

    def _copy(self, rows: Sequence[npt.NDArray[np.uint8]], indices: Sequence[int]) -> None:
        """Copy some samples, and hold what was copied against its checksums."""
        for row, index in zip(rows, indices, strict=True):
            try:
                row[...] = self.pixels[index]
                whole = zlib.crc32(row.data) == self.sums[index]
            except (IndexError, ValueError):
                whole = False
            if not whole:
                raise DamagedError


class Writer:
    """Keeps samples as they come by; nothing is there for others until `finish`.

    They are written, and not mapped into memory: a full disk is then an error, and no signal that ends the process.
    """

    def __init__(self, owner: Prepared, file: Path, samples: int) -> None:
        self._owner = owner
        self._file = file
        self._sums = [0] * samples
        self._unreadable: dict[int, str] = {}
        self._opened: tuple[IO[bytes], Path, int] | None = None
        self._failed = False

    def write(self, batch: Batch, geometry: Geometry) -> None:
        """Keep a batch. Where the disk has no room, nothing is kept and the evaluation goes on without."""
        self._unreadable |= batch.unreadable
        if self._failed or not batch.indices:
            return
        rows = np.ascontiguousarray(batch.inputs[geometry].movedim(1, -1).numpy())
        try:
            if self._opened is None:
                self._opened = self._open(rows.shape[1:])
            file, _, start = self._opened
            for row, index in zip(rows, batch.indices, strict=True):
                self._sums[index] = zlib.crc32(row)
                file.seek(start + index * row.nbytes)
                file.write(row.data)
        except (OSError, OutputError):
            self.discard()

    def finish(self) -> None:
        """Let others use it."""
        if self._failed or self._opened is None:
            self.discard()
            return
        about = {"sums": self._sums, "unreadable": {str(index): why for index, why in self._unreadable.items()}}
        file, path, _ = self._opened
        try:
            # What an earlier file's record says is never true of this one, and no record is only slower.
            _about(self._file).unlink(missing_ok=True)
            file.flush()
            cache_file.make_way(self._file)
            path.replace(self._file)
            file.close()
        except OSError:
            self.discard()
            return
        cache_file.write(_about(self._file), json.dumps(about).encode())

    def discard(self) -> None:
        """Leave nothing behind."""
        self._failed = True
        if self._opened is not None:
            file, path, _ = self._opened
            self._opened = None
            with suppress(OSError):
                path.unlink(missing_ok=True)
            with suppress(OSError):
                file.close()  # writes what is left, for which there may be no room

    def _open(self, shape: tuple[int, ...]) -> tuple[IO[bytes], Path, int]:
        whole = (len(self._sums), *shape)
        if not self._owner.make_room(int(np.prod(whole))):
            raise OutputError("it is larger than the cache may be")
        self._file.parent.mkdir(parents=True, exist_ok=True)
        handle, path = beside(self._file.parent)
        file = os.fdopen(handle, "wb")
        header: dict[str, Any] = {"descr": "|u1", "fortran_order": False, "shape": whole}
        np.lib.format.write_array_header_1_0(file, header)
        return file, path, file.tell()


def _about(file: Path) -> Path:
    """What is known of a file of samples; it is touched whenever that is used."""
    return file.with_suffix(".json")


def _used(file: Path) -> float:
    about = _about(file)
    return about.stat().st_mtime if about.exists() else 0.0
