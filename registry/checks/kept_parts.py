"""What came of files that have not changed since, kept in the user's cache.

A part is kept under the digest of its file's contents and of how the file was to be read, for one state of the code,
the rules and the configuration; what a rule found across cards is kept under the digest of the facts that it asks for.
Facts are compared as they are kept, so that those that nobody asks for are not even read. What cannot be read back is
as good as not there, and nothing but plain data and this package's own types of it is ever made of what is read.
"""

from __future__ import annotations

import hashlib
import io
import os
import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import is_dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from registry import cache_file
from registry.checks.file_part import FilePart
from registry.checks.rule import Rule, facts_name
from registry.checks.whole import Whole
from registry.file_inputs import listener, noted_digest, unchanged, unnoted
from registry.loader.load_task import LoadTask
from registry.loader.part import NotAloneError
from registry.read.file_text import read_up_to
from registry.read.ids import FAULT
from registry.read.problems import MAX_BYTES
from registry.types import Finding

_LARGEST = 1 << 27
"""Bytes of a file of parts."""

_MOST = 50
"""Such files: of more, those that were written first are removed."""

_OURS = ("registry.checks.", "registry.types.")


class PackedFacts(Mapping[str, Any]):
    """What rules took from a card, each fact read when it is asked for.

    Attributes:
        packed: The facts as they are kept.
    """

    def __init__(self, packed: Mapping[str, bytes]) -> None:
        self.packed = packed
        self._read: dict[str, Any] = {}

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> PackedFacts:
        """Facts that are to be kept."""
        return cls({name: pickle.dumps(fact, pickle.HIGHEST_PROTOCOL) for name, fact in facts.items()})

    def __getitem__(self, name: str) -> Any:
        if name not in self._read:
            value = read_plain(self.packed[name])
            if value is None:
                raise NotAloneError  # and everything is looked at in the slower way
            self._read[name] = value
        return self._read[name]

    def __contains__(self, name: object) -> bool:
        return name in self.packed

    def __iter__(self) -> Iterator[str]:
        return iter(self.packed)

    def __len__(self) -> int:
        return len(self.packed)


class KeptParts:
    """The parts of one way to call a command, and what rules found across them."""

    def __init__(self, file: Path, state: str) -> None:
        self._file = file
        self._state = state
        self._beside: dict[str, dict[str, str]] = {}
        self._known: dict[str, bytes] = {}
        self._used: dict[str, bytes] = {}
        self._digests: dict[str, str] = {}
        with unnoted():
            contents = read_plain(cache_file.read(file, ours=True) or b"")
        if isinstance(contents, tuple) and len(contents) == 3 and contents[0] == state and _holds(contents[1]):
            _, self._beside, self._known = contents
            if (notes := listener()) is not None:
                notes.add(self._beside, whole=True)

    def get(self, task: LoadTask, *how: object) -> FilePart | None:
        """The part of a file that is as it was."""
        digest = noted_digest(task.file) if self._known else None
        part = None if digest is None else self._kept(_name(digest, task, how), FilePart)
        return None if part is None else _with_facts(part, PackedFacts)

    def put(self, part: FilePart, digest: str, task: LoadTask, *how: object) -> FilePart:
        """Keep the part of a file whose contents have this digest; the part as it will be read."""
        packed = _with_facts(part, PackedFacts.of)
        plain = _with_facts(packed, lambda facts: facts.packed)
        self._used[_name(digest, task, how)] = pickle.dumps(plain, pickle.HIGHEST_PROTOCOL)
        return packed

    def across(self, rule: Rule, whole: Whole, look: Callable[[], list[Finding]]) -> list[Finding]:
        """What a rule finds across cards, kept where it looks at nothing but facts: at no file, folder or text."""
        digests = [self._digest_of(whole, name) for name in ("", *map(facts_name, rule.facts))]
        name = hashlib.sha256(repr((rule.id, digests)).encode()).hexdigest()
        findings: list[Finding] | None = self._kept(name, list)
        if findings is None:
            notes = listener()
            before = 0 if notes is None else notes.questions
            whole.looked_elsewhere = False
            findings = look()
            alone = notes is not None and notes.questions == before and not whole.looked_elsewhere
            if alone and all(finding.rule != FAULT for finding in findings):
                self._used[name] = pickle.dumps(findings, pickle.HIGHEST_PROTOCOL)
        return findings

    def _kept(self, name: str, kind: type[Any]) -> Any:
        """What is kept under a name, `None` where that is nothing of this type."""
        blob = self._known.get(name)
        value = None if blob is None else read_plain(blob)
        if blob is None or not isinstance(value, kind):
            return None
        self._used[name] = blob
        return value

    def _digest_of(self, whole: Whole, name: str) -> str:
        """A digest of one kind of facts of all cards; without a name, of what is known of the cards beside facts."""
        if name not in self._digests:
            digest = hashlib.sha256()
            for card in whole.cards if name else ():
                fact = card.facts.packed.get(name, b"") if isinstance(card.facts, PackedFacts) else b""
                digest.update(len(fact).to_bytes(8, "big") + fact)
            if not name:
                key = [sorted(whole.around), *(card._replace(facts={}) for card in whole.cards)]
                digest.update(repr(key).encode("utf-8", "surrogateescape"))
            self._digests[name] = digest.hexdigest()
        return self._digests[name]

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
        if self._used.keys() != self._known.keys() and size <= _LARGEST:
            data = pickle.dumps((self._state, self._beside, self._used), pickle.HIGHEST_PROTOCOL)
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
    key = (digest, task.file, task.place, bool(task.chain), task.expected, task.certain, task.evident, *how)
    return hashlib.sha256(repr(key).encode("utf-8", "surrogateescape")).hexdigest()


class _Plain(pickle.Unpickler):
    """Reads plain data, and nothing that could run anything."""

    def find_class(self, module: str, name: str) -> Any:
        """The types that parts are made of.

        Raises:
            pickle.UnpicklingError: Another is named.
        """
        if (module, name) == ("decimal", "Decimal"):
            return Decimal
        if (module, name) == ("builtins", "frozenset"):
            return frozenset
        if module.startswith(_OURS):
            kind = super().find_class(module, name)
            if isinstance(kind, type) and (issubclass(kind, tuple) or is_dataclass(kind)):
                return kind
        raise pickle.UnpicklingError(f"{module}.{name}")


def read_plain(data: bytes) -> Any:
    """What was pickled; `None` where that cannot be told."""
    try:
        return _Plain(io.BytesIO(data)).load()
    except Exception:  # noqa: BLE001 - pickle ends in anything where what it reads is no pickle of ours
        return None
