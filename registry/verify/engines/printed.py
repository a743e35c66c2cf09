"""What code in a worker prints: passed on to standard error line by line, within a bound, without control sequences."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Final

from registry.types.safe_text import plain

MOST: Final = 16 << 10
"""Bytes of what one process prints that are passed on."""

_PIECE = 64 << 10
_LONGEST_LINE = 1 << 10


class PrintedOutput:
    """A pipe in the place of the standard streams of a process, and what comes out of it.

    It is read to its end whatever comes, so that who prints much does not wait, and shows no more than `MOST` of it.
    """

    def __init__(self) -> None:
        self._out, self._in = os.pipe()
        self._line = b""
        self._left = MOST
        self._open = True

    @property
    def waiting(self) -> list[int]:
        """The end to wait for, as long as anybody may print."""
        return [self._out] if self._open else []

    def take_streams(self) -> None:
        """Be the process that prints."""
        os.dup2(self._in, 1)
        os.dup2(self._in, 2)
        os.close(self._in)
        os.close(self._out)

    def begin(self) -> None:
        """Be the process above it."""
        os.close(self._in)
        os.set_blocking(self._out, False)

    def pass_on(self, *, last: bool = False) -> None:
        """Show what was printed since, of its last line only what is whole, unless there is no more to come."""
        with suppress(BlockingIOError):
            while self._open:
                piece = os.read(self._out, _PIECE)
                self._open = bool(piece)
                self._show(piece)
                if not last:
                    break
        if last and self._line:
            self._show(b"\n")

    def _show(self, piece: bytes) -> None:
        if self._left <= 0:
            return
        *lines, self._line = (self._line + piece[: self._left]).split(b"\n")
        if len(self._line) > _LONGEST_LINE:
            lines, self._line = [*lines, self._line], b""
        self._left -= len(piece)
        if self._left <= 0:
            lines, self._line = [*lines, self._line], b""
        output = [_shown(line) for line in lines if line]
        if self._left <= 0:
            output.append(f"worker: what else it prints is left out, beyond {MOST >> 10} KiB\n")
        data = "".join(output).encode("utf-8", "backslashreplace")
        with suppress(OSError):  # nobody reads it
            while data:
                data = data[os.write(2, data) :]


def _shown(line: bytes) -> str:
    return f"worker: {plain(line.decode('utf-8', 'backslashreplace').rstrip())}\n"
