"""A file's bytes as text, bounded: nothing but a plain file of sensible size is read."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import BinaryIO

from registry.read import ids
from registry.read.problems import MAX_BYTES, Problems
from registry.types import Source

_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISSOCK, "a socket"),
)
_POINTER = "version https://git-lfs.github.com/spec/"
_WIDE = (
    (rb"\xff\xfe\0\0|[^\0]\0\0\0", "UTF-32", "utf-32-le"),
    (rb"\0\0\xfe\xff|\0\0\0[^\0]", "UTF-32", "utf-32-be"),
    (rb"\xff\xfe|[^\0]\0[^\0]\0", "UTF-16", "utf-16-le"),
    (rb"\xfe\xff|\0[^\0]\0[^\0]", "UTF-16", "utf-16-be"),
)
"""How a file begins that has two or four bytes a character: with its mark, or with a character of ASCII."""

_FOREIGN = (
    ("{\\rtf", "a rich-text document (RTF)"),
    ("%PDF-", "a PDF document"),
    ("PK\x03\x04", "an archive or office document"),
)
"""How files begin that a word processor or browser saved under the name of a card, and what they are."""


def foreign_kind(text: str) -> str:
    """What a text is by its beginning where a word processor wrote it, empty for all others."""
    return next((kind for start, kind in _FOREIGN if text.startswith(start)), "")


def read_source(path: Path, file: str) -> Problems:
    """The text of a file as the source of what is wrong with it; empty, with a finding, where there is none to be had.

    The file is opened once, without waiting, and then asked what it is: a pipe or device never blocks or floods.
    """
    problems = Problems(Source(file=file, text=""))
    try:
        # A pipe would block until somebody writes to it.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError) as error:
        problems.add(ids.UNREADABLE, f"cannot be opened: {_reason(error)}")
        return problems
    try:
        with os.fdopen(descriptor, "rb") as stream:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                kind = next((name for test, name in _KINDS if test(status.st_mode)), "no plain file")
                problems.add(ids.UNREADABLE, f"is {kind}, not a file")
                return problems
            data = b"" if status.st_size > MAX_BYTES else read_up_to(stream, status.st_size, MAX_BYTES + 1)
            if status.st_size > MAX_BYTES or len(data) > MAX_BYTES:
                size = max(status.st_size, len(data)) / 2**20
                problems.add(
                    ids.TOO_LARGE,
                    f"has {size:.0f} MiB, more than the {MAX_BYTES // 2**20} MiB that a card can have",
                    hint="Split it into several files and import them.",
                )
                return problems
    except OSError as error:
        # `os.fdopen` refuses a folder itself.
        problems.add(ids.UNREADABLE, f"cannot be read: {_reason(error)}")
        return problems
    return decode(data, file)


def read_up_to(file: BinaryIO, size: int, most: int) -> bytes:
    """What a file holds, or the first `most` bytes of it.

    Args:
        file: The file.
        size: How many bytes the system says that it has: to make room for `most` would take longer than to read.
        most: How many are read at most.
    """
    data = file.read(min(size + 1, most))
    return data if len(data) <= size else data + file.read(most - len(data))


def decode(data: bytes, file: str) -> Problems:
    """UTF-8 bytes as the source of what is wrong with them, line ends and byte order mark kept.

    Of what is no such text as much is read as tells whether it was meant to be a card.
    """
    foreign = foreign_kind(data[:8].decode("latin-1"))
    wide = None
    if b"\0" in data[:4] or data[:1] in (b"\xff", b"\xfe"):
        wide = next(((name, codec) for start, name, codec in _WIDE if re.match(start, data)), None)
    codec = "utf-8" if foreign or wide is None else wide[1]
    text = data.decode(codec, "replace")
    problems = Problems(Source(file=file, text=text if codec == "utf-8" else text.removeprefix("\ufeff")))
    if foreign:
        problems.add(ids.ENCODING, f"is {foreign}, not plain text", hint="Save it as plain text.")
        return problems
    if wide is not None:
        problems.add(ids.ENCODING, f"is {wide[0]}, not UTF-8", hint="Save the file as UTF-8.")
        return problems
    if "\ufffd" in text:
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as error:
            at = len(data[: error.start].decode("utf-8"))
            message = f"the byte 0x{data[error.start]:02x} is not UTF-8"
            problems.add(ids.ENCODING, message, at, at + 1, hint="Save the file as UTF-8.")
            return problems
    at = text.find("\0")
    if at >= 0:
        message = "a NUL character does not belong in a text file"
        problems.add(ids.ENCODING, message, at, at + 1, hint="Is this a text file?")
    if text.startswith(_POINTER):
        message = "is a Git LFS pointer, not the file itself"
        problems.add(ids.UNREADABLE, message, hint="Fetch the file with 'git lfs pull'.")
    return problems


def _reason(error: OSError | ValueError) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return text[:1].lower() + text[1:]
