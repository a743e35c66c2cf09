"""What rules found across cards, kept while the facts that they asked for are the same.

Which facts a rule asks for is seen while it runs, and so is whether it looks at anything else: at a file, a folder, or
the text of a card. What it found then is not kept. Facts are compared as they are kept, so that those that nobody asks
for are not even read.
"""

from __future__ import annotations

import hashlib
import io
import pickle
from collections.abc import Callable, Iterator, Mapping
from dataclasses import is_dataclass
from decimal import Decimal
from typing import Any

from registry.checks.whole import Whole
from registry.file_inputs import listener
from registry.loader.part import NotAloneError
from registry.read.ids import FAULT
from registry.types import Finding

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
            found = read_plain(self.packed[name])
            if found is None:
                raise NotAloneError  # and everything is looked at in the slower way
            self._read[name] = found
        return self._read[name]

    def __contains__(self, name: object) -> bool:
        return name in self.packed

    def __iter__(self) -> Iterator[str]:
        return iter(self.packed)

    def __len__(self) -> int:
        return len(self.packed)


class KeptAcross:
    """The findings of rules that look across cards."""

    def __init__(self, known: Mapping[str, tuple[tuple[str, ...], str, bytes]]) -> None:
        """Set up.

        Args:
            known: By the id of a rule the facts that it asked for, the digest of these, and what it found.
        """
        self._known = known
        self.used: dict[str, tuple[tuple[str, ...], str, bytes]] = {}
        self._digests: dict[str, str] = {}

    def found(self, rule: str, whole: Whole, look: Callable[[], list[Finding]]) -> list[Finding]:
        """What a rule finds.

        Args:
            rule: Its id.
            whole: The cards.
            look: Runs the rule.
        """
        kept = self._known.get(rule)
        if kept is not None and kept[1] == self._digest(whole, kept[0]):
            findings = read_plain(kept[2])
            if isinstance(findings, list):
                self.used[rule] = kept
                return findings
        notes = listener()
        before = 0 if notes is None else notes.questions
        with whole.watched() as watch:
            findings = look()
        alone = notes is not None and notes.questions == before and not watch.elsewhere
        if alone and all(each.rule != FAULT for each in findings):
            names = tuple(sorted(watch.facts))
            packed = pickle.dumps(findings, pickle.HIGHEST_PROTOCOL)
            self.used[rule] = names, self._digest(whole, names), packed
        return findings

    def _digest(self, whole: Whole, names: tuple[str, ...]) -> str:
        """A digest of some facts of all cards, and of what is known of the cards beside facts."""
        digest = hashlib.sha256()
        for name in ("", *names):
            if name not in self._digests:
                self._digests[name] = _of_facts(whole, name) if name else _of_cards(whole)
            digest.update(f"{name} {self._digests[name]}\0".encode("utf-8", "surrogateescape"))
        return digest.hexdigest()


def _of_cards(whole: Whole) -> str:
    said = [sorted(whole.around), *(card._replace(facts={}) for card in whole.cards)]
    return hashlib.sha256(repr(said).encode("utf-8", "surrogateescape")).hexdigest()


def _of_facts(whole: Whole, name: str) -> str:
    digest = hashlib.sha256()
    for card in whole.cards:
        fact = card.facts.packed.get(name, b"") if isinstance(card.facts, PackedFacts) else b""
        digest.update(len(fact).to_bytes(8, "big") + fact)
    return digest.hexdigest()


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
            found = super().find_class(module, name)
            if isinstance(found, type) and (issubclass(found, tuple) or is_dataclass(found)):
                return found
        raise pickle.UnpicklingError(f"{module}.{name}")


def read_plain(data: bytes) -> Any:
    """What was pickled; `None` where that cannot be told."""
    try:
        return _Plain(io.BytesIO(data)).load()
    except Exception:  # noqa: BLE001 - pickle ends in anything where what it reads is no pickle of ours
        return None
