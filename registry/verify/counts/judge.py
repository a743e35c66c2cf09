"""Which convention, factor and input reproduce a published count, and whether that means anything.

A number that is printed to the last unit fits by chance next to never. A number of two digits fits one of many
combinations easily: with ten conventions, two factors and three inputs, `4.1 GFLOPs` has sixty chances.
So the combinations are tried in order of likelihood, and what fits counts as reproduced only while the chance that
a wrong number would have fitted by then stays below `MOST_CHANCE`. The order comes from the other numbers of
the same card, collection and run first: what explains them explains this one.

What the card says binds: a rule of another unit or another input than the card names explains a mistake at best.
Nothing here needs torch; `registry.evidence.rejudge` judges a record again by the same bound.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from registry.evidence.rejudge.count_chance import first_fit
from registry.types import Claim, Quantity
from registry.verify.conventions.convention import Convention

FlopsUnit = Literal["MACs", "FLOPs", ""]

_MACS = re.compile(r"macs?\b|mult(?:iply|iplication)?s?[\s_-]*(?:and[\s_-]*)?(?:adds?|accum)|madds?\b", re.IGNORECASE)
_FLOPS = re.compile(r"flops?\b", re.IGNORECASE)


def flops_unit(claim: Claim) -> FlopsUnit:
    """The unit that binds a claim about FLOPs; empty where the card names none.

    `FLOPs: 4.09 GMACs` and `FLOPs (GMACs): 4.09` are MACs, `MACs: 8.2 GFLOPs` are FLOPs.
    """
    name, _, bracket = claim.label.partition("(")
    for text in (claim.reported.text, bracket, name):
        if _MACS.search(text):
            return "MACs"
        if _FLOPS.search(text):
            return "FLOPs"
    return ""


_LIKELY = {"MACs": 0, "torch": 1, "fvcore 0.1.5": 1, "thop 0.0.31": 1}
"""Surprise of each convention, in bits; 2 for those not named."""


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class CountRule:
    """One way to count, the same for every model.

    Attributes:
        convention: Name of the convention.
        factor: What the convention's count is multiplied by.
        input: CountRule by which the input was chosen.
        variant: `in deploy mode`, or empty for the model as it is built.
    """

    convention: str
    factor: int
    input: str
    variant: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """What one model counts under one rule.

    Attributes:
        size: The input that the rule comes to for this model.
        value: The count, the factor included.
        surprise: How unlikely the rule is, in bits; the order among rules that nothing else supports.
        uncounted: What ran and was not counted, the most frequent first.
        unit: What the number is: `MACs` where a multiplication and an addition count as one, else `FLOPs`.
        by_layer: For the convention `MACs`, what each part of the model counts.
        run: What was run, where it was not the model without values.
        against: What the card says against this rule, as a clause; empty where it may be the card's own.
        own: Whether the model's library counts its own numbers so.
    """

    rule: CountRule
    size: tuple[int, ...]
    value: int
    surprise: int = 0
    uncounted: tuple[str, ...] = ()
    unit: str = ""
    by_layer: tuple[tuple[str, int], ...] = field(default=(), compare=False, repr=False)
    run: str = ""
    against: str = ""
    own: bool = False

    def __str__(self) -> str:
        factor = f"{self.rule.factor} x " if self.rule.factor != 1 else ""
        variant = f", {self.rule.variant}" if self.rule.variant else ""
        return f"{factor}{self.rule.convention}, {shown_size(self.size)}{variant}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Support:
    """What else a rule explains: the distinct numbers of other models that it reproduces.

    Attributes:
        near: By rule, those of the same file or collection.
        far: By rule, those of the whole run.
    """

    near: Mapping[CountRule, int] = field(default_factory=dict)
    far: Mapping[CountRule, int] = field(default_factory=dict)

    def of(self, rule: CountRule) -> tuple[int, int]:
        """Near and far support of a rule."""
        return self.near.get(rule, 0), self.far.get(rule, 0)


NO_SUPPORT = Support()


@dataclass(frozen=True, kw_only=True, slots=True)
class CountJudgement:
    """What the search came to.

    Attributes:
        fits: Every candidate that reproduces the number, the likeliest first.
        tried: The candidates that were compared with it, up to the first that fits, in their order.
        ranked: All candidates that may be the card's, in the order they were tried.
        excluded: Those that the card itself rules out, in the same order.
        chance: How likely a wrong number would have fitted one of those tried; 0 where nothing fits.
        coarse: Why what fits proves nothing, as a clause; empty where it does.
        note: How the printed number was read, where not as it stands.
    """

    fits: tuple[Candidate, ...]
    tried: tuple[Candidate, ...]
    ranked: tuple[Candidate, ...]
    excluded: tuple[Candidate, ...] = ()
    chance: float = 0.0
    coarse: str = ""
    note: str = ""

    @property
    def accepted(self) -> bool:
        """Whether the first that fits reproduces the number."""
        return bool(self.fits) and not self.coarse

    @property
    def nearest(self) -> Candidate | None:
        """The first candidate that fits, else the likeliest one."""
        return next(iter(self.fits or self.ranked), None)


def judge(
    reported: Quantity, candidates: Iterable[Candidate], support: Support = NO_SUPPORT, *, unit: str = ""
) -> CountJudgement:
    """Find the rules that reproduce a number, and tell a find from chance.

    Args:
        reported: The number as printed.
        candidates: What the model counts under every rule that is tried.
        support: What else the rules explain.
        unit: `MACs` where the card says that its number is that; `FLOPs` says nothing, as multiply-adds are often
            called so.
    """
    in_order = rank((_bound(candidate, unit) for candidate in candidates), support)
    ranked = tuple(candidate for candidate in in_order if not candidate.against)
    excluded = tuple(candidate for candidate in in_order if candidate.against)
    fit = first_fit(reported, [candidate.value for candidate in ranked])
    if fit is None:
        return CountJudgement(fits=(), tried=ranked, ranked=ranked, excluded=excluded)
    first = ranked[fit.place]
    others = (other for other in ranked[fit.place + 1 :] if other.value == first.value or reported.holds(other.value))
    return CountJudgement(
        fits=(first, *others),
        tried=ranked[: fit.place + 1],
        ranked=ranked,
        excluded=excluded,
        chance=fit.chance,
        coarse=fit.coarse,
        note=fit.note,
    )


def _bound(candidate: Candidate, unit: str) -> Candidate:
    if unit != "MACs" or candidate.unit == "MACs" or candidate.against:
        return candidate
    return replace(candidate, against="the card says MACs, which count a multiplication and an addition as one")


def rank(candidates: Iterable[Candidate], support: Support) -> tuple[Candidate, ...]:
    """Candidates in the order to try them: what explains the siblings, then the run, then the least surprising.

    What explains as many siblings is the library's own convention first: that the rest of a run, of other libraries,
    counts otherwise says little of it.
    """

    def key(candidate: Candidate) -> tuple[int, bool, int, int]:
        near, far = support.of(candidate.rule)
        return -near, not candidate.own, -far, candidate.surprise

    return tuple(sorted(candidates, key=key))


def shown_size(size: tuple[int, ...]) -> str:
    """An input size as people write it: `224x224` for pictures in colour, `1x8x8` otherwise.

    >>> shown_size((3, 224, 285)), shown_size((1, 8, 8))
    ('224x285', '1x8x8')
    """
    sides = size[1:] if len(size) == 3 and size[0] == 3 else size
    return "x".join(map(str, sides))


def factors(convention: Convention) -> tuple[int, ...]:
    """Tools that count multiply-adds are published as they are or doubled; twice torch's MACs is torch's own count."""
    return (1, 2) if convention.unit == "MACs" and convention.name != "MACs" else (1,)


def surprise(convention: str, *, changed: int) -> int:
    """How unlikely a convention is, with some of its settings changed; in bits."""
    return _LIKELY.get(convention, 2) + 2 * changed
