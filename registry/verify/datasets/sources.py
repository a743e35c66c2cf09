"""Where data sets are to be had, by the names that cards use: which split, which files, and which option says where."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from registry.vocabulary.metrics import fold
from registry.vocabulary.toml_files import own_table


@dataclass(frozen=True, kw_only=True, slots=True)
class DataSource:
    """Where a data set is to be had.

    Attributes:
        names: What its folded names match, with whatever they say of splits and passes.
        option: The name that `--data` takes for all of them.
        what: The split, and what to get by which name.
        unpublished: What of the test split is not published, so that nobody but its server measures it.
    """

    names: str
    option: str
    what: str
    unpublished: str = ""


SOURCES = tuple(DataSource(**entry) for entry in own_table(Path(__file__).with_suffix(".toml"))["sources"])


def source(name: str) -> DataSource | None:
    """Where the data set of a name is to be had, as far as that is known."""
    folded = fold(name)
    return next((entry for entry in SOURCES if re.fullmatch(entry.names, folded)), None)


ARCHIVES = (".zip", ".tar", ".tgz", ".tar.gz", ".tar.xz", ".rar", ".7z")


def unpacked(path: Path, nested: Sequence[str], needed: Sequence[str]) -> Path | None:
    """The folder that holds what is needed: the one that was named, or one that its archive unpacks to.

    Args:
        path: The folder that was named.
        nested: Folders that archives of the data set unpack to, from there.
        needed: Files or folders that must be there, all of them.
    """
    folders = (path, *(path / name for name in nested))
    return next((folder for folder in folders if all((folder / name).exists() for name in needed)), None)


def packed(*folders: Path) -> str:
    """The end of a sentence that names archives which lie there and were not unpacked; empty where there are none."""
    archives = [file.name for folder in folders for file in _entries(folder) if file.name.lower().endswith(ARCHIVES)]
    return f"; unpack {', '.join(archives[:3])} there" if archives else ""


def absent(folder: Path, files: Iterable[str]) -> list[str]:
    """Which of many files are not there; each folder is listed once."""
    contents: dict[Path, set[str]] = {}
    lacking = []
    for file in files:
        path = folder / file
        if path.parent not in contents:
            contents[path.parent] = {entry.name for entry in _entries(path.parent)}
        if path.name not in contents[path.parent]:
            lacking.append(file)
    return lacking


def lacks(lacking: Sequence[str], total: int, kind: str) -> str:
    """Such as `lacks 3 of the 5000 pictures that x.json lists, such as val2017/1.jpg`."""
    return f"lacks {len(lacking)} of the {total} {kind}, such as {lacking[0]}"


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []
