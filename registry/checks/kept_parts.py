"""What came of files that have not changed since, kept in the user's cache.

A part is kept under the digest of its file's contents and of how the file was to be read, for one state of the code,
the rules and the configuration. What cannot be read back is as good as not there, and nothing but plain data and this
package's own types of it is ever made of what is read.
"""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from registry import cache_file
from registry.checks.file_part import FilePart
from registry.checks.kept_across import KeptAcross, PackedFacts, read_plain
from registry.file_inputs import listener, noted_digest, unchanged, unnoted
from registry.loader.load_task import LoadTask
from registry.read.file_text import read_up_to
from registry.read.problems import MAX_BYTES

_LARGEST = 1 << 27
"""Bytes of a file of parts."""

_MOST = 50
"""Such files: of more, those that were written first are removed."""


class KeptParts:
    """The parts of one way to call a command.

    Attributes:
        across: What rules found across them.
    """

    def __init__(self, file: Path, state: str) -> None:
        """Set up."""
        self._file = file
        self._state = state
        self._beside: dict[str, dict[str, str]] = {}
        self._known: dict[str, bytes] = {}
        self._used: dict[str, bytes] = {}
        self._new = 0
        with unnoted():
            found = read_plain(cache_file.read(file, ours=True) or b"")
        across: dict[str, tuple[tuple[str, ...], str, bytes]] = {}
        if isinstance(found, tuple) and len(found) == 4 and found[0] == state and _holds(found[1]):
            _, self._beside, self._known, across = found
            if (notes := listener()) is not None:
                notes.add(self._beside, whole=True)
        self.across = KeptAcross(across)

    def get(self, task: LoadTask, *how: object) -> FilePart | None:
        """The part of a file that is as it was."""
        digest = noted_digest(task.file) if self._known else None
        name = None if digest is None else _name(digest, task, how)
        blob = None if name is None else self._known.get(name)
        part = None if blob is None else read_plain(blob)
        if name is None or blob is None or not isinstance(part, FilePart):
            return None
        self._used[name] = blob
        return _with_facts(part, PackedFacts)

    def put(self, part: FilePart, digest: str, task: LoadTask, *how: object) -> FilePart:
        """Keep the part of a file whose contents have this digest; the part as it will be read."""
        packed = _with_facts(part, PackedFacts.of)
        plain = _with_facts(packed, lambda facts: facts.packed)
        self._used[_name(digest, task, how)] = pickle.dumps(plain, pickle.HIGHEST_PROTOCOL)
        self._new += 1
        return packed

    @staticmethod
    def contents_of(file: str) -> tuple[bytes, str] | None:
        """The bytes of a file and their digest; `None` where it is no file that a card can be."""
        digest = noted_digest(file)
        if digest is None:
            return None
        try:
            with Path(file).open("rb") as opened:
                data = read_up_to(opened, os.fstat(opened.fileno()).st_size, MAX_BYTES + 1)
        except (OSError, ValueError):
            return None
        same = len(data) <= MAX_BYTES and hashlib.sha256(data).hexdigest() == digest
        return (data, digest) if same else None

    @contextmanager
    def noting(self, files: Iterable[str]) -> Iterator[None]:
        """Note what is asked in this block beside the contents of some files: all parts depend on it."""
        notes = listener()
        if notes is None:
            yield
            return
        before = {name: set(facts) for name, facts in notes.as_dict().items()}
        before["files"].update(files)
        yield
        for name, facts in notes.as_dict().items():
            new = {path: answer for path, answer in facts.items() if path not in before[name]}
            self._beside[name] = self._beside.get(name, {}) | new

    def save(self) -> None:
        """Write what is to be kept of this run, where that is not what is there."""
        size = sum(map(len, self._used.values()))
        if (self._new or len(self._used) < len(self._known)) and size <= _LARGEST:
            data = pickle.dumps((self._state, self._beside, self._used, self.across.used), pickle.HIGHEST_PROTOCOL)
            with unnoted():
                if cache_file.write(self._file, data):
                    cache_file.bound(self._file.parent, _MOST, suffix=self._file.suffix)


def _holds(beside: Any) -> bool:
    """Whether what was noted beside the files' own contents is as it was."""
    try:
        notes = listener()
        return not beside or (unchanged(beside) if notes is None else notes.unchanged(beside))
    except (AttributeError, KeyError, TypeError, ValueError):
        return False  # another version's


def _with_facts(part: FilePart, change: Callable[[Any], Any]) -> FilePart:
    if part.examined is None:
        return part
    facts = part.examined.facts
    return part._replace(examined=part.examined._replace(facts=facts._replace(facts=change(facts.facts))))


def _name(digest: str, task: LoadTask, how: Sequence[object]) -> str:
    said = (digest, task.file, task.place, bool(task.chain), task.expected, task.certain, task.evident, *how)
    return hashlib.sha256(repr(said).encode("utf-8", "surrogateescape")).hexdigest()
