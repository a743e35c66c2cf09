"""One model on its way from its claims to its outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from registry.types import Claim, Model
from registry.verify.counts.judge import Candidate
from registry.verify.counts.measure import Counted
from registry.verify.target import Target


@dataclass(kw_only=True)
class CountedModel:
    """What is known of one model; filled in as it is resolved and counted.

    Attributes:
        target: Its code, `None` where the card leads to none.
        counted: What it counts, `None` where it could not be counted.
        problem: Why it has no target or could not be counted.
        failed: True where counting was tried and failed for no reason of the model's own.
        parameters: Its parameters, by the way they are counted.
    """

    model: Model
    claims: tuple[Claim, ...]
    target: Target | None = None
    counted: Counted | None = None
    problem: str = ""
    failed: bool = False
    parameters: Mapping[str, int] = field(default_factory=dict)

    def of(self, subject: str) -> list[Claim]:
        """Its claims about one subject."""
        return [claim for claim in self.claims if claim.subject == subject]

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """What it counts under every rule; nothing where it could not be counted."""
        return () if self.counted is None else self.counted.candidates

    @property
    def groups(self) -> tuple[tuple[str, str], ...]:
        """The file and the collection it stands in: numbers of one group were counted by the same people."""
        file = ("file", self.model.file)
        return (file,) if self.model.collection is None else (file, ("collection", self.model.collection))
