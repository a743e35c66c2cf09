"""Which convention, factor and input reproduce a published count, and whether that means anything.

A number that is printed to the last unit fits by chance next to never. A number of two digits fits one of many
combinations easily: with ten conventions, two factors and three inputs, `4.1 GFLOPs` has sixty chances.
So the combinations are tried in order of likelihood, and what fits counts as reproduced only while the chance that
another model's number would have fitted by then stays below `MOST_CHANCE`. The order comes from the other numbers of
the same card, collection and run first: what explains them explains this one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import log

from registry.types import Quantity
from registry.verify.parameters import readings

MOST_CHANCE = 0.006
"""Highest accepted share of wrong numbers that come out reproduced."""

SPREAD = 5.0
"""Published FLOPs of one corpus spread over about e^5, from 0.2 to 30 GFLOPs: the width that chance is a share of."""


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
        rule: The rule.
        size: The input that the rule comes to for this model.
        value: The count, the factor included.
        surprise: How far-fetched the rule is, in bits; the order among rules that nothing else supports.
        uncounted: What ran and was not counted, the most frequent first.
        unit: What the number is: `MACs` where a multiplication and an addition count as one, else `FLOPs`.
        by_layer: For the convention `MACs`, what each part of the model counts.
    """

    rule: CountRule
    size: tuple[int, ...]
    value: int
    surprise: int = 0
    uncounted: tuple[str, ...] = ()
    unit: str = ""
    by_layer: tuple[tuple[str, int], ...] = field(default=(), compare=False, repr=False)

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
        accepted: Whether the first of them reproduces it; False where it may be chance, or nothing fits.
        chance: Share of other models' numbers that would have fitted by the same place in the order.
        ranked: All candidates in the order they were tried.
        note: How the printed number was read, where not as it stands.
    """

    fits: tuple[Candidate, ...]
    accepted: bool
    chance: float
    ranked: tuple[Candidate, ...]
    note: str = ""

    @property
    def nearest(self) -> Candidate | None:
        """The first candidate that fits, else the likeliest one."""
        return next(iter(self.fits or self.ranked), None)


def judge(reported: Quantity, candidates: Iterable[Candidate], support: Support = NO_SUPPORT) -> CountJudgement:
    """Find the rules that reproduce a number, and tell a find from chance.

    Args:
        reported: The number as printed.
        candidates: What the model counts under every rule that is tried.
        support: What else the rules explain.
    """
    ranked = rank(candidates, support)
    for reading, note in readings(reported):
        fits = tuple(each for each in ranked if reading.holds(each.value))
        if fits:
            place = ranked.index(fits[0])
            chance = chance_of_fit(reading, ranked[: place + 1])
            return CountJudgement(
                fits=fits, accepted=place == 0 or chance <= MOST_CHANCE, chance=chance, ranked=ranked, note=note
            )
    return CountJudgement(fits=(), accepted=False, chance=0.0, ranked=ranked)


def rank(candidates: Iterable[Candidate], support: Support) -> tuple[Candidate, ...]:
    """Candidates in the order to try them: what explains the siblings, then the run, then the least far-fetched."""

    def key(each: Candidate) -> tuple[int, int, int]:
        near, far = support.of(each.rule)
        return -near, -far, each.surprise

    return tuple(sorted(candidates, key=key))


def chance_of_fit(reported: Quantity, tried: Sequence[Candidate]) -> float:
    """The share of other models' numbers, printed as precisely, that one of the tried counts would reproduce.

    The counts within half a printed unit cover a part of the logarithmic scale; counts that lie closer together than
    the printed precision cover it once.
    """
    half = reported.half_width
    intervals = sorted((max(each.value - half, Decimal(1)), each.value + half) for each in tried)
    covered, reached = 0.0, Decimal(1)
    for low, high in intervals:
        if high > reached:
            covered += log(high / max(low, reached))
            reached = high
    return covered / SPREAD


def shown_size(size: tuple[int, ...]) -> str:
    """An input size as people write it: `224x224` for pictures in colour, `1x8x8` otherwise.

    >>> shown_size((3, 224, 285)), shown_size((1, 8, 8))
    ('224x285', '1x8x8')
    """
    shown = size[1:] if len(size) == 3 and size[0] == 3 else size
    return "x".join(map(str, shown))
