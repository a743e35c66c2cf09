"""Locks between processes of this machine and, over NFS, of others: all that knows how a system locks files."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_FAR = 2**30
"""Where Windows locks a byte, which then nobody may read: behind the end of every file that is locked for itself."""

_AGAIN = 0.05
"""Seconds between two tries, where a system cannot wait by itself."""


def lock(handle: int, *, shared: bool = False, wait: bool = True) -> bool:
    """Lock an open file until it is closed or unlocked.

    Args:
        handle: The file.
        shared: Whether others may lock it so, too. Windows knows no such lock; there nobody removes what is open.
        wait: Whether to wait for whoever has it.

    Returns:
        Whether it is locked; false only where somebody has it and `wait` is false.

    Raises:
        OSError: The file system knows no locks.
    """
    return _lock_now(handle, shared, wait)


def unlock(handle: int) -> None:
    """Unlock a file and close it: closing alone is not enough where a child process has it open too."""
    if sys.platform != "win32":
        fcntl.flock(handle, fcntl.LOCK_UN)
    os.close(handle)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep out everybody else who asks for this folder.

    Where the file system has no locks, or the folder may not be written to, nobody is kept out.
    """
    handle = _lock_folder(folder)
    with ExitStack() as stack:
        if handle is not None:
            stack.callback(unlock, handle)
        else:
            with suppress(OSError):
                stack.enter_context(locked_file(folder / ".mir-lock"))
        yield


def _lock_folder(folder: Path) -> int | None:
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # Windows opens no folder
        return None
    try:
        lock(handle)
    except OSError:
        os.close(handle)  # NFS locks only what is open for writing, which a folder never is
        return None
    return handle


@contextmanager
def locked_file(file: Path) -> Iterator[None]:
    """Keep out everybody else who asks for this file, which is made for nothing else.

    Raises:
        OSError: It cannot be made, or its file system knows no locks.
    """
    handle = _lock_file(file)
    try:
        yield
    finally:
        _remove(file, handle)


def _lock_file(file: Path) -> int:
    while True:
        handle = os.open(file, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
        try:
            lock(handle)
        except OSError:
            os.close(handle)
            raise
        if os.fstat(handle).st_nlink:
            return handle
        os.close(handle)  # whoever held it before removed it


def _remove(file: Path, handle: int) -> None:
    """Remove a file that was made for its lock, and unlock it."""
    try:
        file.unlink(missing_ok=True)
    except OSError:
        pass  # Windows removes nothing that is open; the next one locks the same file
    finally:
        unlock(handle)


if sys.platform == "win32":

    def _lock_now(handle: int, shared: bool, wait: bool) -> bool:
        if shared:
            return True
        at = os.lseek(handle, 0, os.SEEK_CUR)
        try:
            while True:
                os.lseek(handle, _FAR, os.SEEK_SET)
                try:
                    msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
                except OSError:
                    if not wait:
                        return False
                    time.sleep(_AGAIN)
                else:
                    return True
        finally:
            os.lseek(handle, at, os.SEEK_SET)

else:

    def _lock_now(handle: int, shared: bool, wait: bool) -> bool:
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            return False
        return True
