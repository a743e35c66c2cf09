"""Scan the pickles in a file of torch's: of its archives, and of the format before torch 1.6."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from registry.verify.weights.pickle_scan import Scan, ScanError, limit_for, scan

_LARGEST_PICKLES = 64 << 20
"""Bytes of pickles that a file of the old format may begin with."""

_PICKLES = 5
"""Of the old format: the number that marks it, its version, the machine, the object, and the keys of its storages."""


def scan_file(path: Path) -> None:
    """Hold the pickles of a file to what weights need and to its size.

    Raises:
        ScanError: They would call something else, or ask for more, or describe numbers that the file does not hold.
    """
    totals = Scan(limit=limit_for(path.stat().st_size))
    if zipfile.is_zipfile(path):
        _scan_archive(path, totals)
    else:
        _scan_old(path, totals)


def _scan_archive(path: Path, totals: Scan) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
            for name in sizes:
                folder, _, last = name.rpartition("/")
                if last != "data.pkl":
                    continue
                totals.storages.clear()
                scan(io.BytesIO(archive.read(name)), totals)
                for key, size in totals.storages.items():
                    if size > sizes.get(f"{folder}/data/{key}", 0):
                        raise ScanError(f"it promises {size} bytes of numbers in {_shown(key)} and has fewer")
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError) as error:
        raise ScanError(str(error).splitlines()[0] if str(error) else type(error).__name__) from error


def _scan_old(path: Path, totals: Scan) -> None:
    with path.open("rb") as file:
        stream = io.BytesIO(file.read(_LARGEST_PICKLES))
    for _ in range(_PICKLES):
        scan(stream, totals)
    promised, available = sum(totals.storages.values()), path.stat().st_size - stream.tell()
    if promised > available:
        raise ScanError(f"it promises {promised} bytes of numbers and has {available}")


def _shown(key: str) -> str:
    return ascii(f"data/{key[:40]}")[1:-1]
