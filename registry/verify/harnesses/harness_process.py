"""Run a harness in a process of its own, and end it with everything that it started."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from registry.types import MirError
from registry.verify.harnesses.commands import HarnessRun

SECONDS = 24 * 3600.0
"""Time that a run may take where nobody says: a benchmark of a large model takes hours."""

_TAIL = 64 << 10
_LONGEST = 300


class HarnessError(MirError):
    """A harness did not come to its end."""


def run_harness(start: Sequence[str], run: HarnessRun, output: Path, seconds: float | None) -> None:
    """Run it to its end.

    Args:
        start: How it is started.
        run: What it is to do.
        output: Folder for what it writes; it runs there, so that nothing of the caller's folder is on its path.
        seconds: Time that it may take.

    Raises:
        Unverifiable: See `HarnessRun.command`.
        HarnessError: It cannot be started, ends with an error, or takes longer.
    """
    output.mkdir(parents=True, exist_ok=True)
    command = run.command(start, output.absolute())
    with tempfile.TemporaryFile() as said:
        try:
            process = subprocess.Popen(  # noqa: S603 - no shell; the card's part of it is held to plain names
                command,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                cwd=output,
                env={**os.environ, **run.environment},
                start_new_session=True,
            )
        except OSError as error:
            raise HarnessError(f"{run.harness} cannot be started: {error.strerror or error}") from error
        try:
            code = process.wait(SECONDS if seconds is None else seconds)
        except subprocess.TimeoutExpired as error:
            raise HarnessError(
                f"{run.harness} took longer than {error.timeout:g} s; --time-limit gives it more"
            ) from error
        finally:
            _end(process)
        if code:
            raise HarnessError(f"{run.harness} ended with exit code {code}: {_last_line(said)}")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what is left of it, workers included."""
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:  # Windows, where nothing else is known of those that it started
            process.kill()
    process.wait()


def _last_line(said: object) -> str:
    assert hasattr(said, "seek")
    size = said.seek(0, os.SEEK_END)
    said.seek(max(0, size - _TAIL))
    lines = said.read().decode("utf-8", "replace").strip().splitlines()  # type: ignore[attr-defined]
    return lines[-1].strip()[:_LONGEST] if lines else "it said nothing"
