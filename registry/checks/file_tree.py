"""The files beside the cards, each folder listed once: a zoo names thousands of files in a few of them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from registry.checks.addresses import inside
from registry.checks.message_text import short
from registry.file_inputs import asked
from registry.lazy_regex import lazy_regex

_MOST = 50_000
"""Files that are looked through for one that has moved."""

_ALIKE = 0.75
"""How much of a name must be the same for a file to be meant by it."""

_CANDIDATES, _SHOWN = 10, 120

_SUBMODULE = lazy_regex(r"^[ \t]*path[ \t]*=[ \t]*(\S(?:.*\S)?)[ \t\r]*$", re.MULTILINE)


class FileTree:
    """What is there below a root.

    Attributes:
        root: Folder, absolute, that nothing outside of is looked at.
    """

    def __init__(self, root: str) -> None:
        self.root = root
        self._listed: dict[str, frozenset[str]] = {}
        self._by_name: dict[str, list[str]] | None = None
        self._absent: tuple[str, ...] | None = None

    def has(self, path: str) -> bool:
        """Whether there is a file or folder of this absolute path."""
        folder, _, name = path.rpartition(os.sep)
        return name in self.names(folder)

    def names(self, folder: str) -> frozenset[str]:
        """The names in a folder; none where it is not there, or leads out of the root."""
        if folder not in self._listed:
            try:
                asked(folder)
                # A link may lead out of the root, and what is there is nobody's business.
                is_inside = inside(os.path.realpath(folder), self.root)
                self._listed[folder] = frozenset(os.listdir(folder) if is_inside else ())  # noqa: PTH208 - names, not paths
            except (OSError, ValueError):
                self._listed[folder] = frozenset()
        return self._listed[folder]

    def is_absent(self, path: str) -> bool:
        """Whether a path lies in a git submodule that was not checked out, so that nobody knows what is there."""
        if self._absent is None:
            self._absent = tuple(self._absent_submodules())
        return any(inside(path, folder) for folder in self._absent)

    def elsewhere(self, name: str) -> list[str]:
        """The absolute paths of files of a name, wherever they are below the root."""
        if self._by_name is None:
            self._by_name = {}
            for path in self._files():
                self._by_name.setdefault(path.rpartition(os.sep)[2], []).append(path)
        return self._by_name.get(name, [])

    def _absent_submodules(self) -> Iterator[str]:
        try:
            text = Path(self.root, ".gitmodules").read_text(encoding="utf-8", errors="replace")[: 2**20]
        except OSError:
            return
        for match in _SUBMODULE.finditer(text):
            folder = os.path.normpath(f"{self.root}/{match[1]}")
            if inside(folder, self.root) and not self.names(folder) - {".git"}:
                yield folder

    def _files(self) -> Iterator[str]:
        count = 0
        for folder, folders, names in os.walk(self.root):
            # A package of OpenMMLab keeps its cards and what they name in `.mim`.
            hidden = {name for name in folders if name.startswith(".") and name != ".mim"}
            folders[:] = sorted(set(folders) - hidden - {"node_modules"})
            for name in names:
                count += 1
                if count > _MOST:
                    return
                yield f"{folder}{os.sep}{name}"


def closest(path: str, files: FileTree) -> str:
    """The absolute path of the file that is most likely meant by one that is not there; empty where there is none."""
    # Imported here because it costs more than checking a card, and few cards have the mistake.
    from difflib import get_close_matches

    folder, _, name = path.rpartition(os.sep)
    moved = files.elsewhere(name) if _numbers(name) else []
    if len(moved) == 1:
        return moved[0]
    close = get_close_matches(name, files.names(folder), n=_CANDIDATES, cutoff=_ALIKE)
    if close:
        # A slip is rather in a capital or hyphen than in a number, which tells two models apart.
        close.sort(key=lambda other: (other.casefold() != name.casefold(), _numbers(other) != _numbers(name)))
        return f"{folder}{os.sep}{close[0]}"
    moved = files.elsewhere(name)
    return moved[0] if len(moved) == 1 else ""


def suggestion(missing: str, close: str) -> str:
    """What to say of the file that is most like one that is missing; empty where there is none."""
    if not close:
        return ""
    name, other = missing.rpartition("/")[2], close.rpartition("/")[2]
    path = short(close, _SHOWN)
    return f"Is {path} meant?" if _numbers(name) == _numbers(other) else f"The file most like it is {path}."


def _numbers(name: str) -> list[str]:
    return re.findall(r"\d+", name)
