"""Exported and signed evidence: a file of envelopes. Needs `cryptography`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from registry.evidence.claim_key import record_stem_of
from registry.evidence.dsse import SignatureError, open_envelope
from registry.evidence.record import RecordError
from registry.evidence.statement import parse
from registry.evidence.store import Store
from registry.evidence.strict_json import JsonError, decode, values
from registry.files import read_named
from registry.types import Evidence


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """One envelope of a bundle, or one record that should be in it.

    Attributes:
        good: Whether it is signed and unchanged.
        message: What it is, and what is wrong with it.
    """

    good: bool
    message: str


def check_bundle(file: Path, key: Ed25519PublicKey, store: Store | None = None) -> list[Checked]:
    """Check every envelope of a bundle: JSON, one after the other, each on a line of its own or printed in many.

    Args:
        file: The bundle.
        key: Whose signature each must bear.
        store: Where given, its records and the bundle's must be the same.

    Raises:
        UsageError: The file cannot be read.
    """
    data = read_named(file)
    records = {} if store is None else {str(record_stem_of(record)): record for record in store.all()}
    checked: list[Checked] = []
    first: dict[str, tuple[int, Evidence]] = {}
    for line, envelope in _envelopes(data):
        try:
            if isinstance(envelope, JsonError):
                raise SignatureError(str(envelope))
            evidence = parse(open_envelope(envelope, key))
        except (SignatureError, RecordError) as error:
            checked.append(Checked(good=False, message=f"line {line}: {error}"))
            continue
        name = str(record_stem_of(evidence))
        wrong = _wrong(name, evidence, first.get(name), records if store is not None else None)
        first.setdefault(name, (line, evidence))
        message = f"line {line}: {name}: {wrong}" if wrong else f"{name}: {evidence.verdict}"
        checked.append(Checked(good=not wrong, message=message))
    missing = sorted(records.keys() - first.keys())
    checked += (Checked(good=False, message=f"{name}: it is not in the bundle") for name in missing)
    checked += (Checked(good=False, message=str(problem)) for problem in (() if store is None else store.problems()))
    return checked


def _envelopes(data: bytes) -> Iterator[tuple[int, Any]]:
    """What stands in a bundle, or why it cannot be read, with the line on which it begins."""
    try:
        text = decode(data)
    except JsonError as error:
        yield 1, error
        return
    line = before = 0
    for at, envelope in values(text):
        line, before = line + text.count("\n", before, at), at
        yield line + 1, envelope


def _wrong(
    name: str, evidence: Evidence, earlier: tuple[int, Evidence] | None, records: Mapping[str, Evidence] | None
) -> str:
    """What is wrong with a signed record beside the others; empty where nothing is."""
    if earlier is not None:
        line, other = earlier
        return f"it repeats line {line}" if other == evidence else f"it contradicts line {line}, of the same claim"
    if records is not None and records.get(name) != evidence:
        return "the folder holds another record" if name in records else "the folder does not hold it"
    return ""
