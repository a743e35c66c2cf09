"""What files, folders and paths are, as texts by which a later run tells whether they are as they were."""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Callable

_LARGEST = 1 << 25
"""Bytes of a file whose contents are hashed; of a larger one, such as weights, size and times are noted."""


SETTLED_NS = 2_000_000_000
"""A file that changed this recently may change again without its times telling: file systems' clocks are coarse."""


def is_settled(*times_ns: int) -> bool:
    """Whether files with such times of contents and of entries changed long enough ago to tell of the next change."""
    return max(times_ns, default=0) + SETTLED_NS < time.time_ns()


Facts = dict[str, str]


class RealPaths:
    """Where paths really lead to, for one look at many: that of each folder is found once."""

    def __init__(self) -> None:
        self._folders: dict[str, str] = {}

    def of(self, path: str) -> str:
        """The real path of an absolute and normal one, also of one where nothing is."""
        if "\0" in path:
            return "no path"
        folder, name = os.path.split(path)
        if not name or os.path.islink(path):
            return os.path.realpath(path)
        real = self._folders.get(folder)
        if real is None:
            real = self._folders[folder] = os.path.realpath(folder)
        return os.path.join(real, name)


Look = Callable[[str, RealPaths], str]
"""How an answer is found."""


UNSETTLED = "unsettled"


def file_facts(path: str, _: RealPaths) -> str:
    """The digest of a file's contents; size and times of a very large one; what it is where it is no plain file."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError) as error:
        return f"not opened: {getattr(error, 'errno', None)}"
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            return f"no file: {stat.S_IFMT(status.st_mode):o}"
        if status.st_size > _LARGEST:
            return _state(status)
        data = os.read(handle, status.st_size + 1)
        while part := os.read(handle, 1 << 20):
            data += part
            if len(data) > _LARGEST:
                return UNSETTLED
    except OSError as error:
        return f"not read: {error.errno}"
    finally:
        os.close(handle)
    import hashlib  # what is needed only where a result is kept

    return hashlib.sha256(data).hexdigest()


def state_facts(path: str, _: RealPaths) -> str:
    """Size, times and inode of a file."""
    try:
        return _state(os.stat(path))
    except (OSError, ValueError):
        return "absent"


def folder_facts(path: str, real: RealPaths) -> str:
    """A digest of where a folder really is, and of the names in it and their kinds; of links also where they lead."""
    try:
        with os.scandir(path) as entries:
            names = sorted(
                f"{entry.name}\0{_link(entry.path) if entry.is_symlink() else entry.is_dir()}" for entry in entries
            )
    except (OSError, ValueError) as error:
        return f"not listed: {getattr(error, 'errno', None)}"
    text = "\0\0".join([real.of(path), *names])
    import hashlib  # what is needed only where a result is kept

    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def path_facts(path: str, real: RealPaths) -> str:
    """What a path is, and where it really leads to."""
    try:
        link = os.lstat(path)
    except (OSError, ValueError):
        return f"absent: {real.of(path)}"
    try:
        status = os.stat(path) if stat.S_ISLNK(link.st_mode) else link
    except OSError:
        return f"broken link: {_link(path)}"
    return f"{stat.S_IFMT(link.st_mode):o} {status.st_mode:o} {real.of(path)}"


def _link(path: str) -> str:
    """Where a path leads to, also a broken link, and what is there."""
    try:
        real = os.path.realpath(path)
        return f"{real} {stat.S_IFMT(os.stat(real).st_mode):o}"
    except (OSError, ValueError):
        return f"{os.path.lexists(path)} {os.path.islink(path)}" if "\0" not in path else "no path"


def _state(status: os.stat_result) -> str:
    if not is_settled(status.st_mtime_ns, status.st_ctime_ns):
        return UNSETTLED
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_ino}"


def code_facts(*packages: str) -> list[str]:
    """What tells one state of packages and of the libraries around them from another, without reading any of it."""
    facts = [sys.version, sys.executable]
    for folder in sys.path:
        try:  # whatever is installed or removed changes the folder that it is in
            facts.append(f"{folder} {os.stat(folder or '.').st_mtime_ns}")
        except OSError:
            continue
    pending = list(packages)
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.is_dir(follow_symlinks=False):
                    if entry.name != "__pycache__":
                        pending.append(entry.path)
                else:
                    status = entry.stat()
                    facts.append(f"{entry.path} {status.st_size} {status.st_mtime_ns}")
    return facts
