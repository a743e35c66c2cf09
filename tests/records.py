"""Single records in the files of a store, to be looked at and changed by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any


def read(store: Path, beginning: str) -> dict[str, Any]:
    """The one record whose name begins so."""
    (content,) = [record for _, _, record in _records(store, beginning)]
    return content


def edit(store: Path, beginning: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Change every record whose name begins so."""
    for file, name, record in list(_records(store, beginning)):
        whole = json.loads(file.read_text(encoding="utf-8"))
        whole["records"][name] = change(record)
        file.write_text(json.dumps(whole), encoding="utf-8")


def _records(store: Path, beginning: str) -> Iterator[tuple[Path, str, dict[str, Any]]]:
    for file in sorted(store.glob("*.json")):
        for name, record in json.loads(file.read_text(encoding="utf-8"))["records"].items():
            if name.startswith(beginning):
                yield file, name, record
