"""Which claims and verdicts changed between two states of a registry, for release notes and pull requests."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from registry.claims import read_claims
from registry.evidence.beside import Beside, Shown, ShownVerdict
from registry.types import Claim, Evidence, Index, Location, Model
from registry.verify.lacking import Lacking
from registry.vocabulary import Vocabulary

Which = tuple[str, str | None, str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One difference.

    Attributes:
        kind: `model` where a whole model came or went, else `claim`.
        what: For a claim, its label, with the dataset in brackets; empty for a model.
        before: The number as printed before; `None` where it is new.
        after: The number as printed now; `None` where it is gone.
        verdict_before: Where the claim stood beside its evidence, `None` where it is new.
        verdict_after: Where it stands now, `None` where it is gone.
        measured: What was measured, printed as the claim is; `None` where nothing was.
        reason: Why the verdict is what it is; empty where nobody has looked.
        claims: Of a model, its claims, each as one that came or went with it.
        location: Where it stands now, or stood.
    """

    kind: Literal["model", "claim"]
    model: str
    what: str = ""
    before: str | None = None
    after: str | None = None
    verdict_before: ShownVerdict | None = None
    verdict_after: ShownVerdict | None = None
    measured: str | None = None
    reason: str = ""
    claims: tuple[Change, ...] = ()
    location: Location

    def __str__(self) -> str:
        name = f"{self.model}: {self.what}" if self.what else self.model
        if self.kind == "model":
            return f"{'-' if self.after is None else '+'} {name}"
        if self.before is None:
            return f"+ {name} {self.after}{_in_brackets(self.verdict_after)}"
        if self.after is None:
            return f"- {name} {self.before}{_in_brackets(self.verdict_before)}"
        number = self.after if self.before == self.after else f"{self.before} -> {self.after}"
        if self.verdict_before == self.verdict_after:
            return f"~ {name} {number}{_in_brackets(self.verdict_after)}"
        return f"~ {name} {number} ({self.verdict_before} -> {self.verdict_after})"

    def as_dict(self) -> dict[str, Any]:
        """The change as plain data, with `file` and `line` of where it stands."""
        names = ("kind", "model", "what", "before", "after", "verdict_before", "verdict_after", "measured", "reason")
        return {
            **{name: getattr(self, name) for name in names},
            "claims": [claim.as_dict() for claim in self.claims],
            "file": self.location.file,
            "line": self.location.line,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Side:
    """One of two registries that are compared.

    Attributes:
        with_weights: Whether weights that lie beside the cards are looked at.
    """

    index: Index
    evidence: Iterable[Evidence] = ()
    with_weights: bool = False


def diff(before: Side, after: Side, vocabulary: Vocabulary | None = None) -> Iterator[Change]:
    """Every model that came or went, and every claim of the others that did or changed, by the models' names."""
    old, new = _shown(before, vocabulary), _shown(after, vocabulary)
    places_old, places_new = _places(before.index), _places(after.index)
    for name in sorted(places_old.keys() | places_new.keys()):
        claims = tuple(_changed(name, old.get(name, {}), new.get(name, {})))
        if name not in places_new:
            yield Change(kind="model", model=name, before=name, claims=claims, location=places_old[name])
        elif name not in places_old:
            yield Change(kind="model", model=name, after=name, claims=claims, location=places_new[name])
        else:
            yield from claims


def relocated(change: Change, place: Callable[[Location], Location]) -> dict[str, Any]:
    """What to replace in a change whose places are to be named in another way."""
    return {
        "location": place(change.location),
        "claims": tuple(replace(claim, location=place(claim.location)) for claim in change.claims),
    }


def _changed(name: str, old: Mapping[Which, Shown], new: Mapping[Which, Shown]) -> Iterator[Change]:
    for key in dict.fromkeys((*new, *old)):
        before, after = old.get(key), new.get(key)
        printed = [None if standing is None else standing.claim.reported.text for standing in (before, after)]
        verdicts = [None if standing is None else standing.verdict for standing in (before, after)]
        if printed[0] == printed[1] and verdicts[0] == verdicts[1]:
            continue
        either = after or before
        assert either is not None
        yield Change(
            kind="claim",
            model=name,
            what=_what(either.claim),
            before=printed[0],
            after=printed[1],
            verdict_before=verdicts[0],
            verdict_after=verdicts[1],
            measured=either.measured or None,
            reason="; ".join(either.stale) or either.reason,
            location=either.claim.location,
        )


def _in_brackets(verdict: ShownVerdict | None) -> str:
    """Nothing where nobody has measured, which most cards would repeat on every line."""
    return "" if verdict in (None, "self-reported") else f" ({verdict})"


def _shown(side: Side, vocabulary: Vocabulary | None) -> dict[str, dict[Which, Shown]]:
    """The claims of each model by what they are about; the second of the same model and thing is another one."""
    judge = Beside(side.evidence, Lacking().explain)
    standings: dict[str, dict[Which, Shown]] = {}
    counts: dict[str, Counter[tuple[str, str | None, str]]] = defaultdict(Counter)
    for model_claims in read_claims(side.index, vocabulary):
        model_standings = standings.setdefault(model_claims.model.name, {})
        same = counts[model_claims.model.name]
        model: Model | None = model_claims.model if side.with_weights else None
        for claim in model_claims.claims:
            about = (claim.label, claim.task, repr(claim.dataset))
            model_standings[*about, same[about]] = judge.shown(claim, model)
            same[about] += 1
    return standings


def _what(claim: Claim) -> str:
    dataset = claim.dataset
    if dataset is None:
        return claim.label
    return f"{claim.label} ({dataset})"


def _places(index: Index) -> dict[str, Location]:
    return {model.name: model.location for model in index.models if model.name}
