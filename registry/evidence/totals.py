"""How many claims have each verdict, and what is wrong or lacking: what is printed of many models."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from registry.evidence.rejudge.imported import is_imported
from registry.types import Claim, Evidence, Verdict
from registry.types.safe_text import safe_sentence


@dataclass(kw_only=True, slots=True)
class Totals:
    """Evidence of many claims, added up in the order of the cards.

    Attributes:
        models: Names of the models.
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
        found = cls()
        for each in evidence:
            found.add(each)
        return found

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
