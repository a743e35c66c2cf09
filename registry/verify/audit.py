"""Kept evidence held against the cards, the weights and the code as they are now. Needs no torch and no network."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from registry.claims import read_claims
from registry.evidence import EvidenceProblem, Store, digests, stale
from registry.evidence.names import identity
from registry.evidence.schema import mistakes
from registry.storage import Place
from registry.types import Claim, Evidence, Index, Model
from registry.verify.environment import with_code
from registry.vocabulary import Vocabulary

_LARGEST = 16 << 30
"""Bytes of weights beside a card that are read for their digest."""

State = Literal["fresh", "stale", "orphaned", "invalid"]
STATES: tuple[State, ...] = ("fresh", "stale", "orphaned", "invalid")


@dataclass(frozen=True, kw_only=True, slots=True)
class Audited:
    """One file of a store.

    Attributes:
        file: The file.
        state: `orphaned` where no card makes the claim any more; `invalid` where the file is no evidence.
        evidence: What it holds, where that can be read.
        reasons: Why it is not fresh.
        compared: The digests that could be taken again here and were compared.
        unknown: The digests of the record that could not be taken here.
    """

    file: Place
    state: State
    evidence: Evidence | None = None
    reasons: tuple[str, ...] = ()
    compared: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def audit(index: Index, store: Store, vocabulary: Vocabulary | None = None) -> Iterator[Audited]:
    """Every file of a store, in the order of their names.

    Args:
        index: The cards as they are now.
        store: Where their evidence is kept.
        vocabulary: The project's; see `registry.claims.read_claims`.
    """
    known = {identity(claim): (each.model, claim) for each in read_claims(index, vocabulary) for claim in each.claims}
    entries = list(store.entries())
    for entry in entries:
        if isinstance(entry.found, EvidenceProblem):
            yield Audited(file=entry.file, state="invalid", reasons=(entry.found.message,))
    for entry in entries:
        file, evidence = entry.file, entry.found
        if isinstance(evidence, EvidenceProblem):
            continue
        if wrong := mistakes(json.loads(entry.data or b"")):
            yield Audited(file=file, state="invalid", evidence=evidence, reasons=tuple(wrong))
            continue
        found = known.get(identity(evidence.claim))
        if found is None:
            yield Audited(file=file, state="orphaned", evidence=evidence, reasons=("no card makes this claim",))
        else:
            yield _audit(file, evidence, *found, store)


def _audit(file: Place, evidence: Evidence, model: Model, claim: Claim, store: Store) -> Audited:
    wrong, scored = _rescored(store, evidence)
    if wrong:
        return Audited(file=file, state="invalid", evidence=evidence, reasons=(wrong,))
    now = {name: digest for name, digest in _digests(evidence, model).items() if name in evidence.digests}
    reasons = stale(evidence, claim, now)
    return Audited(
        file=file,
        state="stale" if reasons else "fresh",
        evidence=evidence,
        reasons=reasons,
        compared=("claim", *now, *(["predictions"] if scored else [])),
        unknown=tuple(name for name in evidence.digests if name != "claim" and name not in now),
    )


def _rescored(store: Store, evidence: Evidence) -> tuple[str, bool]:
    """What is wrong with a measurement whose predictions were kept, and whether it was taken from them again."""
    if evidence.measurement is None or "predictions" not in evidence.measurement.details:
        return "", False
    from registry.verify.rescore import rescored  # needs NumPy, which checking other evidence does not

    found = rescored(store, evidence)
    return ("", False) if found is None else (found.reason, found.result == "same")


def _digests(evidence: Evidence, model: Model) -> Mapping[str, str]:
    found = with_code({}, evidence.measurement)
    if (weights := _weights_beside(model)) is not None:
        found["weights"] = digests.of_file(weights)
    return found


def _weights_beside(model: Model) -> Path | None:
    """The weights' file, where it lies in the card's folder; a card may not point out of it."""
    named = model.weights[0].url if model.weights else ""
    if not named or "://" in named or "\0" in named:
        return None
    base = Path(model.base).resolve()
    path = (base / named).resolve()
    there = path.is_relative_to(base) and path.is_file() and path.stat().st_size <= _LARGEST
    return path if there else None
