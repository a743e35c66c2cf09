"""Where a claim stands today: beside its evidence, fresh or stale, or without any."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from registry.evidence.claim_key import identity
from registry.evidence.digests import of_bytes, shortened
from registry.evidence.rejudge import contradictions
from registry.evidence.rejudge.imported import is_imported
from registry.evidence.weights_beside import WeightsBeside, rests_on_weights
from registry.numbers import beside
from registry.types import VERDICTS, Claim, Evidence, Measurement, Model, Verdict
from registry.types.evidence import NO_LACK, Lack
from registry.types.safe_text import safe_sentence
from registry.vocabulary import slug


def stale(evidence: Evidence, claim: Claim, digests: Mapping[str, str]) -> tuple[str, ...]:
    """Why the evidence no longer holds for the claim; empty while it does.

    Args:
        evidence: What was found earlier.
        claim: The claim as the card makes it today.
        digests: What can be said today of `weights`, `dataset`, `preprocessing` and `code`. What is not among them
            is not known here (the data is elsewhere, say) and is not held against the evidence.

    Returns:
        One sentence for each thing that changed.
    """
    reasons = []
    if evidence.digests.get("claim") != evidence.claim.digest:
        reasons.append(
            "the record's digest is not that of its own claim: the record was changed, or an older mir wrote it"
        )
    if evidence.claim.digest != claim.digest:
        before, now = evidence.claim.reported.text, claim.reported.text
        reasons.append(
            f"the claim changed: the card says {now}, the evidence is about {before}"
            if before != now
            else "the claim changed: the card says the same number of something else"
        )
    for name, digest in sorted(digests.items()):
        recorded = evidence.digests.get(name)
        if name == "claim" or recorded == digest:
            continue
        if recorded is None:
            reasons.append(f"the evidence does not say which {name} it was measured with")
        else:
            reasons.append(f"the {name} changed: {shortened(recorded)} then, {shortened(digest)} now")
    return tuple(reasons)


ShownVerdict = Verdict | Literal["imported", "stale", "self-reported"]
SHOWN_VERDICTS: tuple[ShownVerdict, ...] = (*VERDICTS, "imported", "stale", "self-reported")
"""A verdict; that somebody else measured, whose log was imported; that there was a verdict, and what it depended on has
changed; or that nobody has measured the claim yet."""

_LONGEST = 80
"""Letters of a claim in an address."""


def worded(verdict: ShownVerdict) -> str:
    """A verdict as people write it: within tolerance, self-reported."""
    return verdict.replace("within-", "within ")


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A claim beside what was measured.

    Attributes:
        evidence: What was measured, `None` where nothing was. Where something is wrong, it is an error that says what.
        stale: Why the evidence no longer holds; empty while it does.
        wrong: What is not as the card or the record says: a verdict that does not follow, other weights.
        lack: What it takes to measure the claim, where others of its model were measured and it was not.
        imported: What other harnesses measured, where mir did or several of them have: it is shown beside, and counts
            for nothing.
    """

    claim: Claim
    evidence: Evidence | None = None
    stale: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    lack: Lack = NO_LACK
    imported: tuple[Evidence, ...] = ()

    @property
    def lacking(self) -> str:
        """What it takes to measure the claim, as a command says it."""
        return self.lack.message

    @property
    def anchor(self) -> str:
        """The claim in addresses: its subject, and the dataset where it has one."""
        dataset = self.claim.dataset
        words = f"{self.claim.subject} {dataset.name if dataset else ''}"
        name = slug(words) or "claim"
        # It is the end of a badge's file name, which file systems bound.
        return name if len(name) <= _LONGEST else f"{name[:_LONGEST]}-{of_bytes(words.encode())[-8:]}"

    @property
    def verdict(self) -> ShownVerdict:
        """Its verdict, or that there is none that holds today."""
        if self.wrong:
            return "error"
        if self.evidence is None:
            return "unverifiable" if self.lacking else "self-reported"
        if self.stale:
            return "stale"
        # What another harness measured elsewhere is none of the verdicts that are counted as mir's own.
        return "imported" if is_imported(self.evidence) else self.evidence.verdict

    @property
    def measurement(self) -> Measurement | None:
        """What was measured, `None` where nothing was."""
        return self.evidence.measurement if self.evidence else None

    @property
    def details(self) -> Mapping[str, Any]:
        """What its measurement says beside the number; empty where nothing was measured."""
        return self.measurement.details if self.measurement else {}

    @property
    def measured(self) -> str:
        """The measured number as its claim is printed; empty where nothing was measured."""
        measurement = self.measurement
        return beside(measurement.value, self.claim.reported, self.claim.kind) if measurement else ""

    @property
    def reason(self) -> str:
        """The record's reason, or what is lacking; empty where nobody has looked."""
        return self.lacking if self.evidence is None else self.evidence.reason


class Beside:
    """Puts claims beside evidence.

    Where a model was measured, what was not is said to lack something; nothing is stored of that. Claims of a model
    of which nothing was measured are what the card says, and nobody has looked yet.

    Args:
        evidence: What was measured.
        lacking: What it takes to measure a claim; empty where that is not known.
    """

    def __init__(self, evidence: Iterable[Evidence], lacking: Callable[[Claim], Lack] = lambda _: NO_LACK) -> None:
        self._found: dict[str, Evidence] = {}
        self._imported: dict[str, list[Evidence]] = {}
        for record in evidence:
            key, earlier = identity(record.claim), self._found.get(identity(record.claim))
            if earlier is None or (is_imported(earlier) and (not is_imported(record) or record.time >= earlier.time)):
                self._found[key] = record
            if is_imported(record):
                self._imported.setdefault(key, []).append(record)
        self._measured = {record.claim.model for record in self._found.values()}
        self._weights = WeightsBeside()
        self._lacking = lacking

    def shown(self, claim: Claim, model: Model | None = None) -> Shown:
        """A claim beside its evidence, judged again.

        Args:
            claim: The claim.
            model: Whose it is; weights that lie beside its card are looked at.
        """
        # Most zoos have no evidence yet, and an identity is a hash.
        record = self._found.get(identity(claim)) if self._found else None
        outdated = stale(record, claim, {}) if record else ()
        wrong = self._wrong(claim, model, record, outdated)
        if wrong:
            record = replace(record or Evidence(claim=claim, verdict="error", reason=""), verdict="error")
            record = replace(record, reason="; ".join(wrong))
        open_ = record is None and claim.model in self._measured
        lack = Lack(*map(safe_sentence, self._lacking(claim))) if open_ else NO_LACK
        imported = self._imported.get(identity(claim), ()) if self._imported else ()
        others = tuple(other for other in imported if other is not record and not stale(other, claim, {}))
        return Shown(claim=claim, evidence=record, stale=outdated, wrong=wrong, lack=lack, imported=others)

    def _wrong(
        self, claim: Claim, model: Model | None, record: Evidence | None, outdated: tuple[str, ...]
    ) -> tuple[str, ...]:
        wrong = list(contradictions(record, claim)) if record is not None and not outdated else []
        if model is not None and rests_on_weights(claim, record):
            fault = self._weights.wrong(model, None if outdated else record)
            if not fault and record is not None and not outdated:
                fault = self._weights.changed(model, record) or self._weights.resized(model, record)
            wrong += [fault] if fault else []
        return tuple(wrong)


def tally(claims: Iterable[Shown]) -> Mapping[ShownVerdict, int]:
    """How many claims have each verdict, those that none has left out."""
    counts = Counter(standing.verdict for standing in claims)
    return {verdict: counts[verdict] for verdict in SHOWN_VERDICTS if counts[verdict]}


@dataclass(kw_only=True, slots=True)
class Totals:
    """Evidence of many claims, added up in the order of the cards.

    Attributes:
        counts: How many claims have each verdict; those that others measured apart.
        reasons: Why claims were not measured, with how many wait for each, in the order in which they were met.
        wrong: What is refuted or ended in an error.
    """

    models: set[str] = field(default_factory=set)
    counts: Counter[tuple[bool, Verdict]] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    wrong: list[Evidence] = field(default_factory=list)

    @classmethod
    def of(cls, evidence: Iterable[Evidence]) -> Totals:
        """The totals of some evidence."""
        totals = cls()
        for record in evidence:
            totals.add(record)
        return totals

    def add(self, evidence: Evidence) -> None:
        """Add the evidence of one claim."""
        self.models.add(evidence.claim.model)
        self.counts[is_imported(evidence), evidence.verdict] += 1
        if evidence.verdict == "unverifiable":
            self.reasons[evidence.reason] += 1
        elif evidence.verdict in ("refuted", "error"):
            self.wrong.append(evidence)

    def add_lacking(self, claim: Claim, reason: str) -> None:
        """Add a claim of which nothing was measured, and that says why."""
        self.models.add(claim.model)
        self.counts[False, "unverifiable"] += 1
        self.reasons[safe_sentence(reason)] += 1

    def merge(self, later: Totals) -> None:
        """Add what was added up of cards that follow."""
        self.models |= later.models
        self.counts.update(later.counts)
        self.reasons.update(later.reasons)
        self.wrong += later.wrong
