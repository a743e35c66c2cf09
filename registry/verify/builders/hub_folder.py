"""Configurations that lie in a model's folder, as other people wrote them: read within bounds, and never left."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from registry.files import open_plain
from registry.types import BuildError

_LARGEST = 4 << 20


def read_json(folder: Path, name: str) -> Any:
    """The JSON in a file of a model's folder.

    Raises:
        BuildError: It is not there, cannot be read, or lies outside.
    """
    file = folder / name
    try:
        if not _inside(file, folder):
            raise BuildError(f"{name} lies outside of the model's folder")
        with open_plain(file) as opened:
            data = opened.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            raise BuildError(f"{name} is larger than {_LARGEST >> 20} MiB")
        return json.loads(data)
    except (OSError, ValueError, RecursionError) as error:
        raise BuildError(f"{name} cannot be read: {error}") from error


def read_object(folder: Path, name: str) -> dict[str, Any]:
    """The same where it is an object.

    Raises:
        BuildError: See `read_json`, or it is none.
    """
    found = read_json(folder, name)
    if not isinstance(found, dict):
        raise BuildError(f"{name} holds no object")
    return found


def holds(folder: str, name: str) -> bool:
    """Whether a card's folder has a file of that name."""
    return bool(folder) and (Path(folder) / name).is_file()


def _inside(file: Path, folder: Path) -> bool:
    """Whether a file lies in a folder; in the Hub's own cache, files of a snapshot are links to `blobs` beside it."""
    whole, there = folder.resolve(), file.resolve()
    blobs = whole.parent.parent / "blobs" if whole.parent.name == "snapshots" else whole
    return there.is_relative_to(whole) or there.is_relative_to(blobs)
