"""Kept evidence held against the cards, the weights and the code as they are now. Needs no torch and no network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from registry.claims import read_claims
from registry.download.hub_address import is_below
from registry.evidence import EvidenceProblem, Store, stale
from registry.evidence.claim_key import folder_of, identity
from registry.evidence.record_schema import mistakes
from registry.evidence.rejudge import contradictions
from registry.evidence.weights_beside import WeightsBeside, rests_on_weights
from registry.storage import Place
from registry.types import Claim, Evidence, Index, Model
from registry.verify.basis import other_average
from registry.verify.environment import with_code
from registry.verify.plugins import builder_digest, plugins_digest
from registry.vocabulary import Vocabulary

State = Literal["fresh", "stale", "orphaned", "invalid"]
STATES: tuple[State, ...] = ("fresh", "stale", "orphaned", "invalid")


_NEEDED = {"count": ("code",), "evaluate": ("code", "weights")}
"""Digests by the way of measuring that a record must have where they can be taken here."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Audited:
    """One record of a store, or a file in it that holds none.

    Attributes:
        record: Name of the record in the store; empty where the file holds none.
        state: `orphaned` where no card makes the claim any more; `invalid` where the file is no evidence.
        evidence: What it holds, where that can be read.
        reasons: Why it is not fresh.
        compared: The digests that could be taken again here and were compared.
        unknown: The digests of the record that could not be taken here.
    """

    file: Place
    record: str = ""
    state: State
    evidence: Evidence | None = None
    reasons: tuple[str, ...] = ()
    compared: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def audit(
    index: Index, store: Store, vocabulary: Vocabulary | None = None, *, paths: Sequence[Path] = ()
) -> Iterator[Audited]:
    """Every record of a store that belongs to some cards, in the order of their names.

    Args:
        index: The cards as they are now.
        store: Where their evidence is kept.
        vocabulary: The project's; see `registry.claims.read_claims`.
        paths: The files and folders whose cards these are; records of other cards are left out. All where empty.
    """
    claims_by_identity = {
        identity(claim): (model_claims.model, claim)
        for model_claims in read_claims(index, vocabulary)
        for claim in model_claims.claims
    }
    folders = {folder_of(model.name) for model in index.models}
    weights = WeightsBeside()
    whole = not paths or any(path.is_dir() and _above(path, store) for path in paths)
    entries = list(store.entries())
    for entry in entries:
        problem = entry.found
        if not isinstance(problem, EvidenceProblem):
            continue
        if problem.evidence is not None and identity(problem.evidence.claim) in claims_by_identity:
            belongs = True
        else:
            belongs = whole or entry.name.partition("/")[0] in folders
        if belongs:
            yield Audited(
                file=entry.file,
                record=problem.record,
                state="invalid",
                evidence=problem.evidence,
                reasons=(problem.message,),
            )
    for entry in entries:
        evidence, file, record = entry.found, entry.file, entry.name.rpartition("/")[2]
        if isinstance(evidence, EvidenceProblem):
            continue
        owner = claims_by_identity.get(identity(evidence.claim))
        if owner is None and not whole and not _of_paths(evidence, store, paths):
            continue
        wrong = (*mistakes(entry.data), *contradictions(evidence, owner[1] if owner else None))
        if wrong:
            yield Audited(file=file, record=record, state="invalid", evidence=evidence, reasons=wrong)
        elif owner is None:
            gone = ("no card makes this claim",)
            yield Audited(file=file, record=record, state="orphaned", evidence=evidence, reasons=gone)
        else:
            yield replace(_audit(file, evidence, *owner, store, weights), record=record)


def _above(path: Path, store: Store) -> bool:
    """Whether a folder of cards is the one that a store belongs to, or holds it."""
    return not isinstance(store.folder, Path) or store.folder.resolve().parent.is_relative_to(path.resolve())


def _of_paths(evidence: Evidence, store: Store, paths: Sequence[Path]) -> bool:
    """Whether a record is about a card of these files and folders; a record says it from the store's own folder."""
    if not isinstance(store.folder, Path):
        return False
    card = evidence.claim.location.file
    file = (store.folder.resolve().parent / card).resolve()
    return any(file.is_relative_to(path.resolve()) or is_below(card, str(path)) for path in paths)


def _audit(
    file: Place, evidence: Evidence, model: Model, claim: Claim, store: Store, weights: WeightsBeside
) -> Audited:
    wrong, scored = _rescored(store, evidence)
    if wrong:
        return Audited(file=file, state="invalid", evidence=evidence, reasons=(wrong,))
    names = {*evidence.digests, *_NEEDED.get(evidence.measurement.method if evidence.measurement else "", ())}
    now = {name: digest for name, digest in _digests(evidence, model, weights).items() if name in names}
    reasons = stale(evidence, claim, now)
    if average := other_average(evidence, model):
        reasons = (*reasons, average)
    if rests_on_weights(claim, evidence) and (wrong := weights.wrong(model, evidence)):
        reasons = (*reasons, wrong)
    if resized := weights.resized(model, evidence):
        reasons = (*reasons, resized)
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
    from registry.verify.rescoring import rescored  # needs NumPy, which checking other evidence does not

    score = rescored(store, evidence)
    return ("", False) if score is None else (score.reason, score.result == "same")


def _digests(evidence: Evidence, model: Model, weights: WeightsBeside) -> Mapping[str, str]:
    current = with_code({}, evidence.measurement)
    recorded = None if evidence.measurement is None else evidence.measurement.details.get("plug-ins")
    entries = recorded.get("entries") if isinstance(recorded, Mapping) else None
    if isinstance(entries, list):
        current |= plugins_digest(str(entry) for entry in entries)
    elif "plug-ins" in evidence.digests or "builder" in evidence.digests:
        current |= builder_digest(model)
    if (digest := weights.digest(model)) is not None:
        current["weights"] = digest
    return current
