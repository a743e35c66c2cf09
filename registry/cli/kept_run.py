"""What a run of a command printed, printed again while everything that it asked the file system is as it was.

It is kept in the user's cache, with the answers to all questions about files, folders and paths, see
`registry.file_inputs`, under a name made of how the command was called, and for this very code. So every finding is as
fresh as one made anew, whatever it depends on: the card, the cards around it, its configuration, a file that is
missing. Nothing is taken from a cache that lies in the tree that is checked, where whoever writes the cards could put
one.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import registry
from registry import cache_file
from registry.file_facts import code_facts
from registry.file_inputs import FileInputs

_FOLDER = "checked"

_LARGEST = 1 << 22
"""Characters of output that are kept."""

_MOST = 200
"""Runs that are kept; of more, those that were written first are removed."""

_ENVIRONMENT = ("COLUMNS", "FORCE_COLOR", "HOME", "NO_COLOR", "PATH", "TERM", "USERPROFILE")


class KeptRun:
    """What is kept of one way to call a command.

    Attributes:
        inputs: What this run asks the file system.
    """

    def __init__(self, arguments: Sequence[Any]) -> None:
        """Set up."""
        self.inputs = FileInputs()
        variables = {
            name: value for name, value in os.environ.items() if name.startswith("MIR_") or name in _ENVIRONMENT
        }
        around = [os.getcwd(), sorted(variables.items()), sys.stdout.isatty(), sys.stdout.encoding]
        code = code_facts(os.path.dirname(registry.__file__)) if registry.__file__ else []
        called = hashlib.sha256(json.dumps([arguments, around], default=str).encode("utf-8", "surrogateescape"))
        self._code = hashlib.sha256("\0".join(code).encode("utf-8", "surrogateescape")).hexdigest()
        self._file = cache_file.cache_folder() / _FOLDER / f"{called.hexdigest()[:32]}.json"
        self._printed: list[str] = []
        self._told: list[str] = []
        self._length = 0

    def beside(self, *arguments: object) -> tuple[Path, str]:
        """Where more may be kept for this very code, of whatever is asked for, and the state that it is kept for."""
        called = hashlib.sha256(json.dumps([os.getcwd(), *arguments], default=str).encode("utf-8", "surrogateescape"))
        state = hashlib.sha256(f"{self._code} {os.environ.get('HOME')} {date.today()}".encode()).hexdigest()
        return self._file.with_name(f"{called.hexdigest()[:32]}.parts"), state

    def is_trusted_for(self, path: Path) -> bool:
        """Whether the cache lies outside of the tree that a path belongs to."""
        return cache_file.is_trusted_for(self._file.parent, path)

    def said(self) -> tuple[str, list[str], int] | None:
        """What the last such run printed, what it said beside it, and its exit code, while they still hold."""
        data = cache_file.read(self._file, ours=True)
        if data is None:
            return None
        try:
            content = json.loads(data)
            if content["code"] != self._code or not self.inputs.unchanged(content["noted"]):
                return None
            return str(content["printed"]), [str(line) for line in content["told"]], int(content["exit"])
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None  # another version's

    def printing(self, chunks: Iterable[str]) -> Iterator[str]:
        """The chunks of what is printed, noted."""
        for chunk in chunks:
            self._length += len(chunk)
            if self._length <= _LARGEST:
                self._printed.append(chunk)
            yield chunk

    def telling(self, line: str) -> str:
        """A line of standard error, noted."""
        self._told.append(line)
        return line

    def keep(self, code: int) -> None:
        """Keep what this run printed and its exit code, where all that they rest on could be noted."""
        if not self.inputs.whole or self._length > _LARGEST:
            return
        content = {
            "code": self._code,
            "noted": self.inputs.as_dict(),
            "printed": "".join(self._printed),
            "told": self._told,
            "exit": code,
        }
        if cache_file.write(self._file, json.dumps(content, sort_keys=True).encode("utf-8", "surrogatepass")):
            cache_file.bound(self._file.parent, _MOST)
