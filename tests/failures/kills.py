"""Runs that are killed at a random moment, two hundred in all."""

from __future__ import annotations

import itertools
import random
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

VERIFY, REPAIR, QUERY, DOWNLOAD, PREPARE, BUILD = 70, 24, 36, 32, 32, 6
assert VERIFY + REPAIR + QUERY + DOWNLOAD + PREPARE + BUILD == 200

TERMINATED = (143, -signal.SIGTERM)
"""Exit codes of a run that SIGTERM ended: our own, and the system's before and after we had anything to take back."""


def killed(start: Callable[[], Any], chance: random.Random, seconds: float, number: int) -> Any:
    """A run that a signal meets at a random moment of its length; a quick one may have ended before."""
    run = start()
    run.kill(number, after=chance.uniform(0, seconds))
    done = run.end(alone=True)
    assert "Traceback" not in done.err, done.err
    if number == signal.SIGKILL:
        assert done.code in (0, -signal.SIGKILL), done
    else:
        assert done.code in (0, *TERMINATED), done
    return done


def timed(start: Callable[[], Any]) -> float:
    """How long a whole run takes."""
    since = time.monotonic()
    done = start().end()
    assert done.code == 0, done
    return time.monotonic() - since


def signals(count: int) -> Iterator[int]:
    return itertools.islice(itertools.cycle((signal.SIGKILL, signal.SIGTERM)), count)


def strays(folder: Path) -> list[Path]:
    return list(folder.rglob(".mir-*"))
