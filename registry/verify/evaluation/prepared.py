"""Samples kept as they are after decoding, resizing and cropping, so that the next model pays only for its arithmetic.

One file of bytes for each dataset and geometry, (samples, channels, height, width), mapped into memory; beside it a
JSON file that says which samples could not be read, and whose existence says that the bytes are complete.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import PIL
import torch

from registry.evidence import digests
from registry.files import write_atomic
from registry.verify.evaluation.batches import Batch, split
from registry.verify.preprocessing import Geometry

_FORMAT = 1
_IN_USE_SECONDS = 3600


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A folder of prepared datasets.

    Attributes:
        folder: Where it lies.
        max_bytes: How much it may hold; what was used longest ago goes first.
    """

    folder: Path
    max_bytes: int = 64 * 2**30

    def find(self, fingerprint: str, geometry: Geometry) -> Opened | None:
        """What was prepared of a dataset, `None` where nothing was."""
        file = self._file(fingerprint, geometry)
        about = file.with_suffix(".json")
        try:
            record = json.loads(about.read_text(encoding="utf-8"))
            unreadable = {int(index): str(why) for index, why in record["unreadable"].items()}
            pixels = np.load(file, mmap_mode="r", allow_pickle=False)
            about.touch()
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None
        return Opened(pixels=pixels, unreadable=unreadable)

    def begin(self, fingerprint: str, geometry: Geometry, samples: int) -> Writer | None:
        """A place for a dataset about to be decoded; `None` where it may not or cannot be kept."""
        for left in self.folder.glob(".*.tmp"):
            # What a run that was killed left behind; one that is still at work writes often.
            if time.time() - left.stat().st_mtime > _IN_USE_SECONDS:
                left.unlink(missing_ok=True)
        return Writer(self, self._file(fingerprint, geometry), samples) if geometry.fixed and samples else None

    def make_room(self, size: int) -> bool:
        """Remove what was used longest ago until `size` bytes fit; false where they cannot."""
        held = [(each, each.with_suffix(".json")) for each in self.folder.glob("*.npy")]
        sizes = {file: file.stat().st_size for file, _ in held}
        used = {file: about.stat().st_mtime if about.exists() else 0.0 for file, about in held}
        total = sum(sizes.values())
        for file, about in sorted(held, key=lambda each: used[each[0]]):
            if total + size <= self.max_bytes:
                break
            if time.time() - used[file] > _IN_USE_SECONDS:
                about.unlink(missing_ok=True)
                file.unlink(missing_ok=True)
                total -= sizes[file]
        return total + size <= self.max_bytes

    def _file(self, fingerprint: str, geometry: Geometry) -> Path:
        about = {"format": _FORMAT, "dataset": fingerprint, "geometry": asdict(geometry), "pillow": PIL.__version__}
        return self.folder / f"{digests.of_json(about).removeprefix('sha256:')[:32]}.npy"


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A prepared dataset, mapped into memory."""

    pixels: npt.NDArray[np.uint8]
    unreadable: dict[int, str]

    def batches(self, geometry: Geometry, order: Sequence[int], *, size: int, pin: bool) -> Iterator[Batch]:
        """The samples in batches; see `decode`."""
        for indices in split(order, size):
            good = [index for index in indices if index not in self.unreadable]
            pixels = torch.from_numpy(self._rows(good))
            yield Batch(
                indices=good,
                pixels={geometry: pixels.pin_memory() if pin else pixels} if good else {},
                unreadable={index: self.unreadable[index] for index in indices if index in self.unreadable},
            )

    def _rows(self, indices: Sequence[int]) -> npt.NDArray[Any]:
        """A copy of some rows; neighbours are copied in one piece."""
        if indices and indices[-1] - indices[0] + 1 == len(indices) and list(indices) == sorted(indices):
            return np.array(self.pixels[indices[0] : indices[-1] + 1])
        return self.pixels[list(indices)]


class Writer:
    """Keeps samples as they come by; nothing is there for others until `finish`."""

    def __init__(self, owner: Prepared, file: Path, samples: int) -> None:
        self._owner = owner
        self._file = file
        self._samples = samples
        self._beside = file.with_name(f".{file.stem}.{os.getpid()}.tmp")
        self._pixels: npt.NDArray[np.uint8] | None = None
        self._unreadable: dict[int, str] = {}
        self._failed = False

    def write(self, batch: Batch, geometry: Geometry) -> None:
        """Keep a batch. Where the disk has no room, nothing is kept and the evaluation goes on without."""
        self._unreadable |= batch.unreadable
        if self._failed or not batch.indices:
            return
        rows = batch.pixels[geometry].numpy()
        try:
            if self._pixels is None:
                self._pixels = self._open(rows.shape[1:])
            if self._pixels is not None:
                self._pixels[batch.indices] = rows
        except OSError:
            self.discard()

    def finish(self) -> None:
        """Let others use it."""
        if self._failed or self._pixels is None:
            self.discard()
            return
        try:
            self._pixels.flush()  # type: ignore[attr-defined]
            self._pixels = None
            self._beside.replace(self._file)
        except OSError:
            self.discard()
            return
        about = {"samples": self._samples, "unreadable": {str(index): why for index, why in self._unreadable.items()}}
        write_atomic(self._file.with_suffix(".json"), json.dumps(about).encode())

    def discard(self) -> None:
        """Leave nothing behind."""
        self._failed = True
        self._pixels = None
        self._beside.unlink(missing_ok=True)

    def _open(self, shape: tuple[int, ...]) -> npt.NDArray[np.uint8] | None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        whole = (self._samples, *shape)
        if not self._owner.make_room(int(np.prod(whole))):
            self.discard()
            return None
        return np.lib.format.open_memmap(self._beside, mode="w+", dtype=np.uint8, shape=whole)
