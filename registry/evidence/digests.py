"""Digests of what a measurement depended on, as `sha256:<64 hex digits>`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from registry.files import open_plain

_PACKAGE = Path(__file__).resolve().parent.parent


def of_bytes(data: bytes) -> str:
    """Digest of bytes."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def shortened(digest: str) -> str:
    """As much of a digest as people compare."""
    return digest.removeprefix("sha256:")[:12]


def of_json(data: Any) -> str:
    """Digest of plain JSON data, whatever the order of its keys."""
    return of_bytes(json.dumps(data, sort_keys=True, separators=(",", ":"), allow_nan=False).encode())


def of_file(path: Path) -> str:
    """Digest of a file's contents, read in pieces.

    Raises:
        OSError: It cannot be read.
    """
    with open_plain(path) as file:
        return "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()


@cache
def of_modules(*names: str) -> str:
    """Digest of the source of parts of this package, such as `verify/trace` (a folder) or `types/quantity.py`.

    The package's version is not in it: a release that leaves these parts alone leaves evidence fresh.
    """
    whole = hashlib.sha256()
    for file, text in sources(names).items():
        whole.update(f"{file}\0{len(text.encode())}\0{text}".encode())
    return "sha256:" + whole.hexdigest()


def sources(names: Iterable[str]) -> dict[str, str]:
    """The source of parts of this package by file, in order; line ends, which change with the checkout, are git's."""
    files = sorted({file.relative_to(_PACKAGE).as_posix() for name in names for file in _sources(name)})
    return {file: (_PACKAGE / file).read_bytes().replace(b"\r\n", b"\n").decode() for file in files}


def _sources(name: str) -> Iterable[Path]:
    path = _PACKAGE / name
    if path.is_dir():
        return path.rglob("*.py")
    if path.is_file():
        return (path,)
    raise FileNotFoundError(f"registry has no '{name}'")
