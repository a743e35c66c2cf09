"""The pipe between this process and one that runs strangers' code, which may write into it whatever it likes.

Each message begins with a mark that only the two ends know, and is read as far as it is there: half a message, or what
is none, makes nobody wait and never reaches the unpickler.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import secrets
from multiprocessing.connection import Connection
from typing import Any

from registry.verify.engines.engine import Failure

_PIECE = 1 << 20
_LENGTH = 8
"""Bytes that say how long a message is."""


class BrokenError(Exception):
    """What was written is no message."""


def new_mark() -> bytes:
    """A mark for one pipe."""
    return secrets.token_bytes(16)


def send(pipe: Connection, mark: bytes, message: bytes) -> None:
    """Write a message.

    Raises:
        OSError: Nobody reads.
    """
    if os.name == "nt":
        pipe.send_bytes(mark + message)
        return
    left = memoryview(mark + len(message).to_bytes(_LENGTH, "big") + message)
    while left:
        left = left[os.write(pipe.fileno(), left) :]


class Answers:
    """The messages that come out of a pipe.

    Args:
        pipe: This end of it.
        mark: See `new_mark`.
    """

    def __init__(self, pipe: Connection, mark: bytes) -> None:
        self._pipe, self._mark = pipe, mark
        self._held = bytearray()

    def take(self) -> bytes | None:
        """The next message; `None` where it is not there yet, or not whole.

        Raises:
            EOFError: The other end is closed.
            BrokenError: What came is no message.
        """
        if os.name == "nt":
            if not self._pipe.poll():
                return None
            self._held[:] = self._pipe.recv_bytes()
            self._check()
            return bytes(self._held[len(self._mark) :])
        start = len(self._mark) + _LENGTH
        while True:
            self._check()
            end = start + int.from_bytes(self._held[len(self._mark) : start], "big")
            if start <= len(self._held) and end <= len(self._held):
                message = bytes(self._held[start:end])
                del self._held[:end]
                return message
            if not self._pipe.poll():
                return None
            piece = os.read(self._pipe.fileno(), _PIECE)
            if not piece:
                raise EOFError
            self._held += piece

    def _check(self) -> None:
        if not self._mark.startswith(self._held[: len(self._mark)]):
            raise BrokenError


def unpickled(data: bytes) -> Any:
    """What a worker answered, where its classes, which may be a stranger's, can be made here."""
    try:
        return pickle.loads(data)  # noqa: S301 - by a process that this one started
    except (Exception, SystemExit) as error:  # noqa: BLE001 - strangers' classes may raise anything as they are made
        said = ""
        with contextlib.suppress(Exception):
            said = str(error).strip().partition("\n")[0][:200]
        return Failure(reason=f"what it answered cannot be read: {type(error).__name__}: {said}".rstrip(": "))
