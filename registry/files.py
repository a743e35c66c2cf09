"""Writing files so that nobody ever sees half of one."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

from registry.types import OutputError


def write_atomic(path: Path, data: bytes) -> None:
    """Write `data` to `path`: beside it first, synced, then renamed over it; folders are made.

    A file that was there keeps its permissions.

    A process killed at any moment leaves the old file or the new one. What it may leave beside them is a file whose
    name begins with `.mir-` and ends in `.tmp`; nothing reads those.

    Raises:
        OutputError: The folder cannot be made or written to, or the disk is full; nothing changed.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".mir-", suffix=".tmp")
    except OSError as error:
        raise OutputError(f"cannot write {path}: {reason(error)}") from error
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(_mode(path))
        beside.replace(path)
    except BaseException as error:
        beside.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise OutputError(f"cannot write {path}: {reason(error)}") from error
        raise
    _sync_folder(path.parent)


def reason(error: OSError) -> str:
    """The system's own words for what went wrong, such as `No space left on device`."""
    return error.strerror or str(error)


def _mode(path: Path) -> int:
    """The permissions that writing to `path` in place would leave it with."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        # The only portable way to read the umask is to set it. mkstemp makes files that only their owner may read,
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
