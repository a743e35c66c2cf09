"""Exported and signed evidence: a file of envelopes, one a line. Needs `cryptography`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from registry.evidence.dsse import SignatureError, unseal
from registry.evidence.names import file_of
from registry.evidence.record import RecordError
from registry.evidence.statement import parse
from registry.evidence.store import Store
from registry.files import reason
from registry.types import Evidence, UsageError


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """One line of a bundle, or one record that should be in it.

    Attributes:
        good: Whether it is signed and unchanged.
        message: What it is, and what is wrong with it.
    """

    good: bool
    message: str


def check_bundle(file: Path, key: Ed25519PublicKey, store: Store | None = None) -> Iterator[Checked]:
    """Check every line of a bundle.

    Args:
        file: The bundle.
        key: Whose signature each line must bear.
        store: Where given, its records and the bundle's must be the same.

    Raises:
        UsageError: The file cannot be read.
    """
    try:
        *lines, rest = file.read_bytes().split(b"\n")
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {reason(error)}") from error
    kept = {} if store is None else {str(file_of(each.claim)): each for each in store.all()}
    signed: dict[str, Evidence] = {}
    if rest:
        yield Checked(good=False, message=f"line {len(lines) + 1}: it does not end, so the file was cut or changed")
    for number, line in enumerate(lines, 1):
        try:
            evidence = parse(unseal(line, key))
        except (SignatureError, RecordError) as error:
            yield Checked(good=False, message=f"line {number}: {error}")
            continue
        name = str(file_of(evidence.claim))
        signed[name] = evidence
        if store is not None and kept.get(name) != evidence:
            said = "the folder holds another record" if name in kept else "the folder does not hold it"
            yield Checked(good=False, message=f"line {number}: {name}: {said}")
        else:
            yield Checked(good=True, message=f"{name}: {evidence.verdict}")
    for name in kept.keys() - signed.keys():
        yield Checked(good=False, message=f"{name}: it is not in the bundle")
    for problem in () if store is None else store.problems():
        yield Checked(good=False, message=str(problem))
