"""A folder of this machine, or one that is mounted."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from registry.files import open_plain, reason, tidy, write_atomic
from registry.locks import locked
from registry.types import OutputError

_PIECE = 16 << 20

_UNKNOWN = {
    getattr(errno, name)
    for name in ("EACCES", "EPERM", "EIO", "ESTALE", "ENOTCONN", "ETIMEDOUT", "EHOSTDOWN", "EMFILE", "ENFILE", "ENOMEM")
    if hasattr(errno, name)
}
"""Why a file cannot be read that may well hold something."""


class LocalFolder:
    """Files are written beside and renamed, so that the last writer wins whole. See `Folder`."""

    def __init__(self, where: Path) -> None:
        self.where = where

    def scan(self, suffix: str, limit: int) -> Iterator[tuple[str, bytes | OSError]]:
        """Every file in and below the folder."""
        unreadable: list[OSError] = []
        for folder, folders, names in os.walk(self.where, onerror=unreadable.append):
            folders.sort()
            for name in sorted(names):
                if name.endswith(suffix):
                    path = Path(folder, name)
                    yield self._name(path), _read(path, limit)
        for error in unreadable:
            if not isinstance(error, FileNotFoundError):
                yield self._name(Path(error.filename)), error

    def read(self, name: str, limit: int) -> bytes:
        """The beginning of a file."""
        with open_plain(self._path(name)) as file:
            return file.read(limit + 1)

    def read_each(self, names: Sequence[str], limit: int) -> list[bytes | OSError]:
        """The same of several."""
        return [_read(self._path(name), limit) for name in names]

    def write(self, name: str, data: bytes) -> None:
        """Write a file beside, and rename it."""
        path = self._path(name)
        self._prepare(path)
        write_atomic(path, data)

    def update(self, name: str, limit: int, decide: Callable[[bytes | None], bytes | None]) -> None:
        """Replace a file by what follows from its contents, under a lock on its folder."""
        path = self._path(name)
        self._prepare(path)
        with locked(path.parent):
            content = _read(path, limit)
            if isinstance(content, OSError) and content.errno in _UNKNOWN:
                raise OutputError(f"cannot write {path}: what it holds cannot be read: {reason(content)}")
            before = None if isinstance(content, OSError) else content
            after = decide(before)
            if after is not None and after != before:
                write_atomic(path, after)

    def bring(self, name: str, to: Path, limit: int) -> bool:
        """Copy a file out."""
        try:
            with open_plain(self._path(name)) as source, to.open("wb") as target:
                while piece := source.read(_PIECE):
                    target.write(piece)
                    if target.tell() > limit:
                        raise OSError(f"{self._path(name)} is larger than {limit} bytes")
        except FileNotFoundError:
            return False
        return True

    def put(self, source: Path, name: str) -> None:
        """Copy a file in, beside first."""
        path = self._path(name)
        if path.exists():
            return
        self._prepare(path)
        with source.open("rb") as file:
            write_atomic(path, iter(lambda: file.read(_PIECE), b""))

    def remove(self, name: str) -> None:
        """Remove a file, and its folder where nothing else is in it."""
        path = self._path(name)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(f"cannot remove {path}: {reason(error)}") from error
        if path.parent != self.where:
            with suppress(OSError):  # something else is in it
                path.parent.rmdir()

    def give_up(self) -> None:
        """Nothing: nobody waits for a folder."""

    def holds_below(self, suffix: str) -> bool:
        """Whether a file whose name ends so lies in a folder of the folder."""
        try:
            with os.scandir(self.where) as entries:
                folders = [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
        except OSError:
            return False
        return any(name.endswith(suffix) for folder in folders for _, _, names in os.walk(folder) for name in names)

    def beginning_with(self, start: str) -> list[str]:
        """The names of the files that begin so, in the folder that the last `/` names."""
        above, _, beginning = start.rpartition("/")
        try:
            names = sorted(path.name for path in self._path(above).iterdir())
        except OSError:
            return []
        return [f"{above}/{name}" for name in names if name.startswith(beginning)]

    def _path(self, name: str) -> Path:
        return self.where.joinpath(*name.split("/")) if name else self.where

    def _name(self, path: Path) -> str:
        return path.relative_to(self.where).as_posix()

    def _prepare(self, path: Path) -> None:
        """Make the file's folder, which may not be a link: what is written would leave the folder that was named."""
        try:
            if path.parent != self.where and path.parent.is_symlink():
                raise OutputError(
                    f"cannot write {path}: {path.parent.name} is a link out of the {self.where.name} folder"
                )
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"cannot write {path}: {reason(error)}") from error
        tidy(path.parent)


def _read(path: Path, limit: int) -> bytes | OSError:
    try:
        with open_plain(path) as file:
            return file.read(limit + 1)
    except OSError as error:
        return error
