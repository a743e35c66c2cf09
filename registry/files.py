"""Writing files so that nobody ever sees half of one."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterable
from io import BufferedReader
from pathlib import Path

from registry.locks import lock
from registry.types import OutputError, UsageError


def write_atomic(path: Path, data: bytes | Iterable[bytes], *, sync: bool = True) -> None:
    """Write `data`, whole or in pieces, to `path`: beside it first, synced, then renamed over it; folders are made.

    A file that was there keeps its permissions.

    A process killed at any moment leaves the old file or the new one. What it may leave beside them is a file whose
    name begins with `.mir-` and ends in `.tmp`; nothing reads those, and `tidy` removes them.

    Args:
        path: Where.
        data: What.
        sync: Whether it is to survive a power cut; what can be made again need not.

    Raises:
        OutputError: The folder cannot be made or written to, or the disk is full; nothing changed.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {reason(error)}") from error
    # Known before the file is made, so that a signal in the moment of making it leaves nothing behind.
    temporary = _unused_name(path.parent)
    try:
        with os.fdopen(_create(temporary), "wb") as file:
            for piece in (data,) if isinstance(data, bytes) else data:
                file.write(piece)
            file.flush()
            if sync:
                os.fsync(file.fileno())
            if sys.platform == "win32":
                file.close()  # because an open file cannot be renamed there
            # Elsewhere it stays open, because closing it gives up the lock that keeps it from being tidied away.
            temporary.chmod(_mode(path))
            temporary.replace(path)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise OutputError(f"cannot write {path}: {reason(error)}") from error
        raise
    if sync:
        _sync_folder(path.parent)


def write_output(path: Path, data: bytes) -> None:
    """Write what somebody asked for to where they said: to a device or a pipe as it is, such as `/dev/null`.

    A file in the place of one would be another thing. Everything else is written by `write_atomic`.

    Raises:
        OutputError: It cannot be written.
    """
    try:
        mode = path.stat().st_mode
    except OSError:
        mode = stat.S_IFREG  # not there yet, or `write_atomic` says why it cannot be
    if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
        write_atomic(path, data)
        return
    try:
        with path.open("wb") as file:
            file.write(data)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {reason(error)}") from error


def open_plain(path: Path) -> BufferedReader:
    """Open a file for reading without waiting, where it is one: a pipe blocks until somebody writes, a device floods.

    Raises:
        OSError: It cannot be opened, or is no plain file.
    """
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "it is no plain file", str(path))
    return os.fdopen(handle, "rb")


def read_named(path: Path) -> bytes:
    """The bytes of a file that the user names.

    Raises:
        UsageError: It cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {reason(error)}") from error


def read_bounded(path: Path, most: int) -> bytes:
    """The bytes of a file that somebody names: of a plain one, and no more than a file of its kind can have.

    Raises:
        OSError: It cannot be read, is no plain file, or is larger.
    """
    with open_plain(path) as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise OSError(errno.EFBIG, f"it is larger than {most // 2**20} MiB", str(path))
    return data


def beside(folder: Path) -> tuple[int, Path]:
    """A new file in a folder, open, and locked for as long as it is: `tidy` leaves it alone until then.

    Raises:
        OSError: The folder cannot be written to.
    """
    temporary = _unused_name(folder)
    return _create(temporary), temporary


def _unused_name(folder: Path) -> Path:
    return folder / f".mir-{os.urandom(8).hex()}.tmp"


def _create(temporary: Path) -> int:
    """Make a file that nobody else may read, open and lock it."""
    while True:
        handle = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        try:
            lock(handle)
        except OSError:
            return handle  # a file system without locks, where nobody can tidy either
        if os.fstat(handle).st_nlink:
            return handle
        os.close(handle)  # somebody tidied it away between the two calls


def tidy(folder: Path) -> None:
    """Remove what writers that were killed left in a folder; what others are writing now stays."""
    for left in folder.glob(".mir-*.tmp"):
        try:
            handle = os.open(left, os.O_RDWR)
        except OSError:
            continue
        try:
            if lock(handle, wait=False):
                left.unlink()
        except OSError:
            continue
        finally:
            os.close(handle)


def relative(path: str | os.PathLike[str], start: str | os.PathLike[str] = ".") -> str:
    """The way from one path to another; the path itself where none leads there, as between the drives of Windows."""
    try:
        return os.path.relpath(path, start)
    except ValueError:
        return os.fspath(path)


def size_and_time(file: str | os.PathLike[str]) -> list[int] | None:
    """Size and time of a file, by which it shows that somebody wrote to it; `None` where there is none."""
    try:
        status = os.stat(file)  # noqa: PTH116 - of each of many files
    except OSError:
        return None
    return [status.st_size, status.st_mtime_ns]


def link_or_copy(source: str | Path, target: str | Path) -> None:
    """Have a file at a second place, without copying its bytes where the file system can."""
    try:
        os.link(source, target)
    except (OSError, NotImplementedError, AttributeError):
        import shutil  # what few file systems need

        shutil.copy2(source, target)


def reason(error: OSError) -> str:
    """The system's own words for what went wrong, such as `No space left on device`."""
    return error.strerror or str(error)


def _mode(path: Path) -> int:
    """The permissions that writing to `path` in place would leave it with."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        # The only portable way to read the umask is to set it. Files are made that only their owner may read,
        # which is right for secrets and wrong for results.
        mask = os.umask(0o077)
        os.umask(mask)
        return 0o666 & ~mask


def _sync_folder(folder: Path) -> None:
    """Make the rename itself survive a power cut, where the system lets a folder be synced."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        return
    finally:
        os.close(handle)
