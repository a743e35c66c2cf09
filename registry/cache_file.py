"""Files of a cache: one that is damaged, or belongs to another user, counts as missing.

Each begins with the SHA-256 of its name and of what follows, so that no bit that rotted, no half of a file and no other
file in its place is taken for what was written. A cache that cannot be written only makes the next run slower.

What only writing needs is imported there: a run that finds what it needs shall be quick.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

_HEAD = 65
"""Bytes of the digest's line."""


def cache_folder() -> Path:
    """Where what can be made again is kept: `MIR_CACHE`, else `mir` in the user's cache folder.

    Raises:
        UsageError: `MIR_CACHE` is a URL, or there is neither it nor a home folder.
    """
    folder = os.environ.get("MIR_CACHE")
    if folder and "://" in folder:
        from registry.types import UsageError

        raise UsageError("MIR_CACHE must be a folder of this machine; MIR_SHARED_CACHE names one that machines share")
    if folder:
        return Path(folder)
    try:
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mir"
    except RuntimeError:
        from registry.types import UsageError

        raise UsageError("there is no home folder to keep a cache in; set MIR_CACHE to a folder") from None


def is_trusted_for(folder: Path, path: Path) -> bool:
    """Whether a cache lies outside of the tree that a path belongs to: its repository, or the folder itself.

    Whoever writes what is in that tree could write such a cache as well.
    """
    cache, here = os.path.realpath(folder), os.path.realpath(path)
    if not os.path.isdir(here):
        here = os.path.dirname(here)
    home = os.path.expanduser("~")
    at = Path(here)
    above = [parent for parent in (at, *at.parents) if parent != parent.parent and str(parent) != home]
    top = next((parent for parent in above if os.path.lexists(parent / ".git")), at)
    return not f"{cache}{os.sep}".startswith(str(top).rstrip(os.sep) + os.sep)


def bound(folder: Path, most: int, *, suffix: str = ".json") -> None:
    """Remove the oldest files with such a suffix where a folder has more than so many, until half are left."""
    try:
        with os.scandir(folder) as entries:
            files = [entry.path for entry in entries if entry.name.endswith(suffix)]
        if len(files) > most:
            from registry.files import tidy

            tidy(folder)
            files.sort(key=lambda path: os.stat(path).st_mtime_ns)
            for path in files[: len(files) - most // 2]:
                os.unlink(path)
    except OSError:
        return  # another run removes them at the same time


def read(file: Path, *, ours: bool = False) -> bytes | None:
    """What `write` wrote there; `None` where nothing did, or it is no longer what was written.

    Args:
        file: Where.
        ours: Refuse what another user wrote, as is right for what can run code.
    """
    try:
        with open(file, "rb", opener=_without_waiting) as opened:
            status = os.fstat(opened.fileno())
            if not stat.S_ISREG(status.st_mode) or (ours and not _is_ours(status)):
                return None
            head, data = opened.read(_HEAD), opened.read()
    except (OSError, ValueError):
        return None
    return data if head == _digest(file, data) else None


def write(file: Path, data: bytes) -> bool:
    """Write a file for `read`, in place of whatever lies there; false where that cannot be."""
    from registry.files import write_atomic
    from registry.types import OutputError

    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        make_way(file)
        write_atomic(file, _digest(file, data) + data, sync=False)
    except (OSError, OutputError):
        return False
    return True


def is_there(file: Path) -> bool:
    """Whether there is a file: no folder, no pipe, and nothing in a folder that may not be looked into."""
    return os.path.isfile(file)


def make_way(path: Path) -> None:
    """Remove what is no plain file, such as a folder or a link, from where a cache wants to have one.

    Raises:
        OSError: It cannot be removed.
    """
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if stat.S_ISDIR(mode):
        import shutil

        shutil.rmtree(path)
    elif not stat.S_ISREG(mode):
        path.unlink()


def _without_waiting(name: str, flags: int) -> int:
    return os.open(name, flags | getattr(os, "O_NONBLOCK", 0))  # a pipe would block until somebody writes to it


def _is_ours(status: os.stat_result) -> bool:
    return not hasattr(os, "geteuid") or status.st_uid == os.geteuid()


def _digest(file: Path, data: bytes) -> bytes:
    import hashlib  # what is needed only where something is kept

    whole = hashlib.sha256(os.fsencode(file.name) + b"\0")
    whole.update(data)
    return whole.hexdigest().encode() + b"\n"
