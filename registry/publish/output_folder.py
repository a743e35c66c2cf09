"""A folder of generated files, of which only those are written that changed."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from registry import cache_file
from registry.files import size_and_time
from registry.types import OutputError

_MARK = ".mir"
"""The file by which a folder is known to be ours."""


def ensure_ours(folder: Path, mark: str) -> None:
    """Make sure that a folder is new, empty, or what an earlier run left, by a file that only that writes.

    Raises:
        OutputError: It holds something else.
    """
    try:
        ours = not folder.exists() or (folder / mark).is_file() or not any(folder.iterdir())
    except FileNotFoundError:
        return  # another run is just putting its own there
    except OSError as error:
        raise OutputError(f"'{folder}' cannot be written: {error.strerror}") from error
    if not ours:
        raise OutputError(f"'{folder}' holds files that are not of a site; choose another folder")


class PageTree:
    """Writes files below a folder and removes, at the end, those of the last time that were not written again.

    A file whose content is the same keeps its time, by which the next step sees what it need not do again.
    """

    def __init__(self, folder: Path) -> None:
        """Take a folder that is new, empty, or an earlier tree; nobody's own files are removed.

        Raises:
            OutputError: It holds something else, or cannot be written.
        """
        ensure_ours(folder, _MARK)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"'{folder}' cannot be written: {error.strerror}") from error
        self.folder = folder
        self._kept: set[str] = set()
        self._put: list[str] = []
        self.put(_MARK, "Made by mir; files in this folder that it did not make are removed.\n")

    def begin(self) -> None:
        """Begin again: what was put before is removed at the end where it is not put once more."""
        self._kept = {_MARK}

    def put(self, path: str, content: str | bytes) -> None:
        """Write one file, given by its path from the folder, with forward slashes.

        Raises:
            OutputError: It cannot be written.
        """
        data = content.encode("utf-8", errors="replace") if isinstance(content, str) else content
        file = self.folder / path
        self._kept.add(path)
        self._put.append(path)
        try:
            if file.is_file() and file.read_bytes() == data:
                return
            file.parent.mkdir(parents=True, exist_ok=True)
            cache_file.make_way(file)
            file.write_bytes(data)
        except OSError as error:
            raise OutputError(f"'{file}' cannot be written: {error.strerror}") from error

    def keep(self, path: str) -> bool:
        """Whether a file is there already, under a name that says what is in it; then it stays."""
        if not (self.folder / path).is_file():
            return False
        self._kept.add(path)
        return True

    def keep_all(self, states: Mapping[str, Sequence[int]]) -> bool:
        """Keep files that nobody wrote to since they had these states; none of them where one has another."""
        if any(size_and_time(f"{self.folder}/{path}") != state for path, state in states.items()):
            return False
        self._kept.update(states)
        return True

    def putting(self) -> list[str]:
        """The list that gets the paths of what is put from now on."""
        self._put = []
        return self._put

    def finish(self) -> None:
        """Remove what was not put."""
        above = len(str(self.folder)) + 1
        for folder, folders, names in os.walk(self.folder, topdown=False):
            here = Path(folder)
            names += [name for name in folders if (here / name).is_symlink()]
            prefix = f"{folder[above:]}/".replace(os.sep, "/").removeprefix("/")
            for name in names:
                if prefix + name not in self._kept:
                    (here / name).unlink()
            if prefix and not any(here.iterdir()):
                here.rmdir()
