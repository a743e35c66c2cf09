"""Processes that untrusted code leaves behind, even those that it detached: a model may start some, and fork again.

Each worker has a process above it that ends what descends from it. Where code kills that one first, what it left comes
to the process that started the worker, which knows it by a mark and ends it in its place.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Container, Sequence
from pathlib import Path
from typing import Any

import psutil

if sys.platform != "win32":
    import resource

_SET_PARENT_DEATH_SIGNAL, _SET_CHILD_SUBREAPER, _GET_CHILD_SUBREAPER = 1, 36, 37
"""Of Linux' `prctl`: <linux/prctl.h>."""

_LIMIT_ON_LOCKS = 10
"""`RLIMIT_LOCKS` of <asm-generic/resource.h>: since Linux 2.4.25 it limits nothing, and nobody sets it."""

_PATIENCE = 5.0
"""Seconds within which what is killed is gone; a process that waits for a disk that does not answer may not be."""


def adopt_orphans(*, adopts: bool = True) -> bool:
    """Become the parent of whatever descends from this process and loses its own, where the system lets it (Linux).

    Returns:
        Whether it did before.
    """
    before = ctypes.c_int(0)
    _prctl(_GET_CHILD_SUBREAPER, ctypes.byref(before))
    _prctl(_SET_CHILD_SUBREAPER, int(adopts))
    return bool(before.value)


def mark_descendants() -> None:
    """Mark this process and whatever will descend from it, for `end_orphans`, where the system has the means (Linux).

    The mark is a limit that was lowered: it is inherited, and only who has privileges can raise it again.
    """
    if sys.platform == "linux":
        _, highest = resource.getrlimit(_LIMIT_ON_LOCKS)
        lower = (1 << 40 if highest == resource.RLIM_INFINITY else max(highest, 1)) - 1
        resource.setrlimit(_LIMIT_ON_LOCKS, (lower, lower))


def end_orphans(but: Container[int]) -> None:
    """Kill what bears the mark of `mark_descendants` and is now a child of this process, until there is no more.

    Children without it are this process's own, or its caller's, and are left alone.
    """
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        orphans = [child for child in psutil.Process().children() if child.pid not in but and _is_marked(child.pid)]
        if not orphans:
            return
        for orphan in orphans:
            with contextlib.suppress(psutil.Error):
                end([*orphan.children(recursive=True), orphan])
            with contextlib.suppress(ChildProcessError):
                os.waitpid(orphan.pid, os.WNOHANG)
        time.sleep(0.005)


def _is_marked(process: int) -> bool:
    try:
        return sys.platform == "linux" and resource.prlimit(process, _LIMIT_ON_LOCKS) != resource.getrlimit(
            _LIMIT_ON_LOCKS
        )
    except (ProcessLookupError, PermissionError):
        return False


def die_with_the_parent() -> None:
    """Let this process be killed when the one that started it ends, where the system lets it (Linux)."""
    _prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)


def end_descendants() -> None:
    """Kill whatever descends from this process, until nothing does."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and _reap():
        end(psutil.Process().children(recursive=True))
        time.sleep(0.005)


def end(processes: Sequence[psutil.Process]) -> None:
    """Kill processes; those that are gone, or that others own, are left out."""
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.kill()


def has_others(parent: int) -> bool:
    """Whether a process that adopts orphans has other children than this one, or this one has any."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        pass
    except AttributeError:  # macOS
        return len(psutil.Process(parent).children(recursive=True)) > 1
    else:
        return True
    try:
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split()
    except OSError:  # a kernel without this list
        return len(psutil.Process(parent).children()) > 1
    return len(children) > 1


def _reap() -> bool:
    """Collect the status of children that ended; whether there are more."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def _prctl(option: int, value: Any) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
