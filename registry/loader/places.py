"""Where things are: the root that nothing leaves, names as the user knows them, and what a wildcard matches."""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Callable, Container, Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from registry.confinement import OPEN_FOLDERS, OutsideError, confine
from registry.file_inputs import asked
from registry.files import relative
from registry.lazy_regex import lazy_regex
from registry.loader.left_out import FolderSearch
from registry.read.document import SUFFIXES
from registry.read.problems import MAX_FILES

INDEX_NAMES = ("model-index.yml", "model-index.yaml")
_WILD = lazy_regex(r"[*?\[]")
_RECORD = lazy_regex(r"((^|[/\\])evidence|-[0-9a-f]{8})[/\\][a-z0-9-]+-[0-9a-f]{8}\.json$")
"""A file of a store of evidence, which holds no card: `evidence/alexnet-93ba7032.json`, and as mir 0.1 kept them."""
_SKIPPED = {"node_modules", "__pycache__", "site-packages"}


class TooManyError(Exception):
    """A folder or wildcard brings in more files than an index can have."""


class Place(NamedTuple):
    """What one path of the command line opens: the folder it is shown from, and the root.

    Attributes:
        folder: Folder of the path, real and absolute.
        shown: The same folder as the user wrote it.
        root: Folder, real and absolute, that nothing may be read outside of.
    """

    folder: str
    shown: str
    root: str

    def name(self, real: str) -> str:
        """A file's name in messages: from where the user stands, with forward slashes."""
        return _name(self.folder, self.shown, real)

    def holds(self, real: str) -> bool:
        """Whether a real path lies inside the root."""
        return real == self.root or real.startswith(self.root.rstrip(os.sep) + os.sep)

    def confine(self, path: str, *, tracked: bool = True, suffixes: Container[str] | None = None) -> str:
        """The real path, links followed, of what may be read for a card; see `registry.confinement.confine`.

        Raises:
            OutsideError: It may not.
        """
        try:
            return confine(path, self.root, tracked=tracked, suffixes=suffixes)
        except OutsideError as error:
            raise OutsideError(error.reason.replace(self.root, self.name(self.root))) from error

    def expand(self, pattern: str, folder: str, refused: Callable[[str, str], None]) -> list[str]:
        """The real paths that a path or wildcard leads to from `folder`; of a wildcard's, the kinds that can be read.

        Args:
            pattern: The path or wildcard.
            folder: Where it starts from.
            refused: Told what a wildcard matches that may not be read, and why.

        Raises:
            OutsideError: It leads out of the root.
            TooManyError: It matches too much.
            ValueError: It is no path.
        """
        if "\0" in pattern or len(pattern) > 4096:
            raise ValueError(pattern)
        parts = Path(pattern).parts
        fixed = next((i for i, part in enumerate(parts) if _WILD.search(part)), len(parts))
        start = self.confine(os.path.join(folder, *parts[:fixed]))
        if fixed == len(parts):
            return [start]
        if ".." in parts[fixed:]:
            raise OutsideError("has '..' after a wildcard")
        paths: dict[str, None] = {}
        for path in _matches(start, parts[fixed:]):
            try:
                paths[self.confine(path, suffixes=SUFFIXES)] = None
            except OutsideError as error:
                refused(path, error.reason)
            if len(paths) > MAX_FILES:
                raise TooManyError
        return list(paths)


@lru_cache(maxsize=4096)
def _name(folder: str, spelling: str, real: str) -> str:
    joined = os.path.join(spelling, relative(real, folder))
    return Path(os.path.normpath(joined)).as_posix()


def place(path: Path, root: Path | None) -> Place:
    """The place of one path of the command line, with its root.

    Without an explicit root it is the repository the path stands in, else the nearest folder at or above it with a
    `model-index.yml`, else the folder itself.
    """
    asked(path)
    base = path if os.path.isdir(path) else path.parent
    folder = Path(os.path.realpath(base))
    return Place(folder=str(folder), shown=str(base), root=os.path.realpath(root) if root else str(find_root(folder)))


def find_root(folder: Path) -> Path:
    """The folder that a card in `folder` may refer into: see `place`."""
    home = os.path.expanduser("~")
    above = [path for path in (folder, *folder.parents) if path != path.parent and str(path) != home]
    repository = next((path for path in above if _is_there(path / ".git")), None)
    return repository or index_folder(folder) or folder


def index_folder(folder: Path) -> Path | None:
    """The nearest folder at or above `folder` with a `model-index.yml`."""
    # `Path.is_file` would take a tenth of the time that a zoo of a thousand folders takes.
    names = INDEX_NAMES
    ups = (folder, *folder.parents)
    return next((up for up in ups if any(is_file(os.path.join(up, name)) for name in names)), None)


def is_file(path: str) -> bool:
    """Whether a path is a file."""
    asked(path)
    return os.path.isfile(path)


def _is_there(path: Path) -> bool:
    asked(path)
    return os.path.exists(path)


def scan(folder: str, search: FolderSearch) -> list[str]:
    """The files below a folder that can hold metadata, indexes first, then by name. Links to folders are not followed.

    Raises:
        TooManyError: There are too many.
    """
    paths: list[str] = []
    for path in _below(folder, search):
        # A zoo of ten thousand models has forty thousand of them.
        if not _RECORD.search(path):
            paths.append(path)
            if len(paths) > MAX_FILES:
                raise TooManyError
    paths.sort(key=lambda path: (os.path.basename(path) not in INDEX_NAMES, path))
    return paths


def _below(folder: str, search: FolderSearch) -> Iterator[str]:
    pending = [(folder, search)]
    while pending:
        here, above = pending.pop()
        entries = _entries(here)
        inside = above.enter(here, [entry.name for entry in entries])
        for entry in entries:
            if not entry.is_dir(follow_symlinks=False):
                if os.path.splitext(entry.name)[1].lower() in SUFFIXES and not inside.leaves_out(
                    entry.path, is_folder=False
                ):
                    yield entry.path
            elif _is_open(entry.name) and not inside.leaves_out(entry.path, is_folder=True):
                pending.append((entry.path, inside))


def _matches(start: str, parts: tuple[str, ...]) -> list[str]:
    """Files below `start` that match the parts of a wildcard, in the order of their names."""
    level = {start}
    for index, part in enumerate(parts):
        last = index == len(parts) - 1
        below: set[str] = set()
        if part == "**":
            for folder in level:
                below |= _folders(folder)
            if last:
                below = {entry.path for folder in below for entry in _entries(folder) if not entry.is_dir()}
        else:
            matches = re.compile(fnmatch.translate(part)).match
            for folder in level:
                for entry in _entries(folder):
                    hidden = entry.name.startswith(".") and not part.startswith(".")
                    if not hidden and matches(entry.name) and (last or entry.is_dir()):
                        below.add(entry.path)
        if len(below) > 10 * MAX_FILES:
            raise TooManyError
        level = below
    return sorted(path for path in level if os.path.splitext(path)[1].lower() in SUFFIXES)


def _folders(folder: str) -> set[str]:
    """A folder and all folders below it."""
    folders, pending = {folder}, [folder]
    while pending:
        for entry in _entries(pending.pop()):
            if entry.is_dir(follow_symlinks=False) and _is_open(entry.name):
                folders.add(entry.path)
                pending.append(entry.path)
        if len(folders) > 10 * MAX_FILES:
            raise TooManyError
    return folders


def _is_open(name: str) -> bool:
    return name in OPEN_FOLDERS or not (name.startswith(".") or name in _SKIPPED)


def _entries(folder: str) -> list[os.DirEntry[str]]:
    """What a folder holds; nothing where it may not be listed."""
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


_FEW = 5
"""Paths that one message names."""


def hidden_files(paths: list[str], at: Place) -> str:
    """What a .gitignore leaves out, said by names."""
    names = ", ".join(f"'{at.name(path)}'" for path in paths[:_FEW])
    more = f" and {len(paths) - _FEW} more" if len(paths) > _FEW else ""
    return f"leaves out {names}{more}; --no-gitignore reads them"
