"""The pipe between this process and one that runs untrusted code, which may write into it whatever it likes.

Each message begins with a mark that only the two ends know, and is read as far as it is there: half a message, or what
is none, makes nobody wait and never reaches the unpickler. Who looks for the mark finds it; so of what a message holds
only plain data is made here.
"""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import secrets
from importlib.metadata import entry_points
from multiprocessing.connection import Connection
from typing import Any, Final

from registry.verify.engines.conforms import is_plain_data
from registry.verify.engines.engine import Failure

_PIECE = 1 << 20
_LENGTH = 8
"""Bytes that say how long a message is."""

LARGEST: Final = 1 << 30
"""Bytes of a message; those of all kept predictions of a data set are fewer."""


class BrokenError(Exception):
    """What was written is no message."""


class AnswerTooLargeError(BrokenError):
    """A message would be larger than any answer is."""


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
    """The messages that come out of a pipe."""

    def __init__(self, pipe: Connection, mark: bytes) -> None:
        self._pipe, self._mark = pipe, mark
        self._held = bytearray()

    def take(self) -> bytes | None:
        """The next message; `None` where it is not there yet, or not whole.

        Raises:
            EOFError: The other end is closed.
            BrokenError: What came is no message.
            AnswerTooLargeError: It is larger than `LARGEST`.
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
            length = int.from_bytes(self._held[len(self._mark) : start], "big")
            if length > LARGEST:
                raise AnswerTooLargeError
            end = start + length
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


class _Reader(pickle.Unpickler):
    """Makes numbers, texts, containers, arrays and our own plain data, and calls nothing else.

    What a plug-in defines is made as well: its package is imported here too.
    """

    def find_class(self, module: str, name: str) -> Any:
        root = module.partition(".")[0]
        if (module, name) in _MADE:
            return super().find_class(module, name)
        if root == __name__.partition(".")[0]:
            made_type = super().find_class(module, name)
            if is_plain_data(made_type) and made_type.__module__ == module:
                return made_type
        elif root in {
            entry_point.module.partition(".")[0] for group in _GROUPS for entry_point in entry_points(group=group)
        }:
            made_type = super().find_class(module, name)
            if isinstance(made_type, type) and made_type.__module__.partition(".")[0] == root:
                return made_type
        raise pickle.UnpicklingError(f"it would make {module}.{name}, and only plain data is accepted")


_MADE = {
    *(("builtins", name) for name in ("bytearray", "complex", "frozenset", "set")),
    *(("collections", name) for name in ("Counter", "OrderedDict")),
    *((f"numpy.{part}.multiarray", name) for part in ("_core", "core") for name in ("_reconstruct", "scalar")),
    *((f"numpy.{part}.numeric", "_frombuffer") for part in ("_core", "core")),
    *(("numpy", name) for name in ("dtype", "ndarray")),
    ("datetime", "date"),
    ("datetime", "datetime"),
    ("decimal", "Decimal"),
    ("fractions", "Fraction"),
    ("pathlib", "PosixPath"),
    ("pathlib", "WindowsPath"),
}
_GROUPS = ("mir.tasks", "mir.datasets", "mir.builders")


def unpickled(data: bytes) -> Any:
    """What a worker answered, where it is plain data."""
    try:
        return _Reader(io.BytesIO(data)).load()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - untrusted classes may raise anything as they are made
        message = ""
        with contextlib.suppress(Exception):
            message = str(error).strip().partition("\n")[0][:200]
        reason = f"its result cannot be read: {type(error).__name__}: {message}".rstrip(": ")
        return Failure(reason=reason, ended=True)
