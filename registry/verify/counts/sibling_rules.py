"""Siblings as evidence: which rules explain the other numbers of a card, its collection, and the whole run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from registry.verify.counts.counted_model import CountedModel
from registry.verify.counts.judge import CountRule, Support

Group = tuple[str, str]


class Siblings:
    """The models of a run, by the groups they stand in and the rules that reproduce their FLOPs."""

    def __init__(self, entries: Iterable[CountedModel]) -> None:
        self._members: defaultdict[Group, list[CountedModel]] = defaultdict(list)
        self._far: defaultdict[CountRule, set[Decimal]] = defaultdict(set)
        self._near: defaultdict[tuple[CountRule, Group], set[Decimal]] = defaultdict(set)
        for entry in entries:
            for group in entry.groups:
                self._members[group].append(entry)
            for claim in entry.of("flops"):
                for candidate in entry.candidates:
                    if claim.reported.holds(candidate.value) and not candidate.against:
                        self._far[candidate.rule].add(claim.reported.value)
                        for group in entry.groups:
                            self._near[candidate.rule, group].add(claim.reported.value)

    def support(self, entry: CountedModel) -> Support:
        """What each rule explains besides this model; equal numbers count once, for they prove nothing twice."""
        own = {claim.reported.value for claim in entry.of("flops")}
        rules = {candidate.rule for candidate in entry.candidates}
        nearby = {rule: set().union(*(self._near.get((rule, group), ()) for group in entry.groups)) for rule in rules}
        return Support(
            near={rule: len(numbers - own) for rule, numbers in nearby.items()},
            far={rule: len(self._far.get(rule, set()) - own) for rule in rules},
        )

    def near(self, entry: CountedModel) -> Sequence[CountedModel]:
        """The other models of its file and collection that could be counted."""
        others = {id(other): other for group in entry.groups for other in self._members[group]}
        return [other for other in others.values() if other is not entry and other.counted is not None]
