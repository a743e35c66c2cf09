"""Which claims changed between two states of a registry, for release notes and pull requests."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from registry.claims import read_claims
from registry.types import Claim, Index, Location
from registry.vocabulary import Vocabulary

Which = tuple[str, str | None, str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One difference.

    Attributes:
        kind: `model` where a whole model came or went, else `claim`.
        model: The model's name.
        what: For a claim, its label, with the dataset in brackets; empty for a model.
        before: The number as printed before; `None` where it is new.
        after: The number as printed now; `None` where it is gone.
        location: Where it stands now, or stood.
    """

    kind: Literal["model", "claim"]
    model: str
    what: str = ""
    before: str | None = None
    after: str | None = None
    location: Location

    def __str__(self) -> str:
        name = f"{self.model}: {self.what}" if self.what else self.model
        if self.kind == "model":
            return f"{'-' if self.after is None else '+'} {name}"
        if self.before is None:
            return f"+ {name} {self.after}"
        if self.after is None:
            return f"- {name} {self.before}"
        return f"~ {name} {self.before} -> {self.after}"

    def as_dict(self) -> dict[str, Any]:
        """The change as plain data, with `file` and `line` of where it stands."""
        found = asdict(self)
        del found["location"]
        return {**found, "file": self.location.file, "line": self.location.line}


def diff(before: Index, after: Index, vocabulary: Vocabulary | None = None) -> Iterator[Change]:
    """Every model that came or went, and every claim of the others that did or changed, by the models' names."""
    old, new = _claims(before, vocabulary), _claims(after, vocabulary)
    places_old, places_new = _places(before), _places(after)
    for name in sorted(places_old.keys() | places_new.keys()):
        if name not in places_new:
            yield Change(kind="model", model=name, before=name, location=places_old[name])
        elif name not in places_old:
            yield Change(kind="model", model=name, after=name, location=places_new[name])
        else:
            yield from _changed(name, old.get(name, {}), new.get(name, {}))


def _changed(name: str, old: Mapping[Which, Claim], new: Mapping[Which, Claim]) -> Iterator[Change]:
    for which in dict.fromkeys((*new, *old)):
        before, after = old.get(which), new.get(which)
        printed = (None if before is None else before.reported.text, None if after is None else after.reported.text)
        if printed[0] != printed[1]:
            either = after or before
            assert either is not None
            yield Change(
                kind="claim",
                model=name,
                what=_what(either),
                before=printed[0],
                after=printed[1],
                location=either.location,
            )


def _claims(index: Index, vocabulary: Vocabulary | None) -> dict[str, dict[Which, Claim]]:
    """The claims of each model by what they are about; the second of the same model and thing is another one."""
    found: dict[str, dict[Which, Claim]] = {}
    counts: dict[str, Counter[tuple[str, str | None, str]]] = defaultdict(Counter)
    for each in read_claims(index, vocabulary):
        mine = found.setdefault(each.model.name, {})
        same = counts[each.model.name]
        for claim in each.claims:
            about = (claim.label, claim.task, repr(claim.dataset))
            mine[*about, same[about]] = claim
            same[about] += 1
    return found


def _what(claim: Claim) -> str:
    dataset = claim.dataset
    if dataset is None:
        return claim.label
    return f"{claim.label} ({dataset})"


def _places(index: Index) -> dict[str, Location]:
    return {model.name: model.location for model in index.models if model.name}
