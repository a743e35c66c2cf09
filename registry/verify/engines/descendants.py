"""Processes that a process leaves behind, whatever they did to get away: a model may start some, and fork again."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

_SET_PARENT_DEATH_SIGNAL, _SET_CHILD_SUBREAPER = 1, 36
"""Of Linux' `prctl`: <linux/prctl.h>."""

_PATIENCE = 5.0
"""Seconds within which what is killed is gone; a process that waits for a disk that does not answer may not be."""


def adopt_orphans() -> None:
    """Become the parent of whatever descends from this process and loses its own, where the system lets it (Linux)."""
    _prctl(_SET_CHILD_SUBREAPER, 1)


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
    for each in processes:
        with contextlib.suppress(psutil.Error):
            each.kill()


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
    """Take leave of children that ended; whether there are more."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
