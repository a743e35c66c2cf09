"""What probably went wrong with a number that nothing reproduces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import chain
from typing import TYPE_CHECKING

from registry.evidence.rejudge.count_chance import significant_digits
from registry.types import Quantity
from registry.verify.counts.judge import Candidate, CountRule

if TYPE_CHECKING:
    from registry.verify.counts.counted_model import CountedModel

POWERS = (1, -1, 2, -2, 3, -3)

LIKELY = 8
"""How many of the likeliest rules are worth blaming a slip on."""

LEAST_DIGITS = 3
"""With fewer significant digits a number has the digits of something else too often to blame a slip on it."""

CLOSE = Decimal("0.02")
"""How near, relative to the number, a count must be for its convention to be worth naming."""


def diagnose_flops(
    reported: Quantity,
    ranked: Sequence[Candidate],
    *,
    excluded: Sequence[Candidate] = (),
    parameters: Mapping[str, int],
    siblings: Sequence[CountedModel] = (),
) -> str:
    """The likeliest reason why no rule reproduces a FLOP count, as a clause.

    Args:
        reported: The number as printed.
        ranked: What the model counts, the likeliest rule first.
        excluded: What it counts under rules that the card rules out.
        parameters: Its parameters, by the way they are counted.
        siblings: Models whose number it may be.
    """
    if significant_digits(reported) < LEAST_DIGITS:
        return _nearest_flops(reported, ranked)
    reasons = chain(_excluded(reported, excluded), _flops(reported, ranked, parameters, siblings))
    return next(reasons, _nearest_flops(reported, ranked))


def diagnose_parameters(
    reported: Quantity,
    counts: Mapping[str, int],
    *,
    candidates: Sequence[Candidate] = (),
    flops: Sequence[Quantity] = (),
    siblings: Sequence[CountedModel] = (),
) -> str:
    """The likeliest reason why no way to count reproduces a number of parameters, as a clause.

    Args:
        reported: The number as printed.
        counts: The model's parameters, by the way they are counted.
        candidates: Its FLOPs.
        flops: The FLOPs that the same card reports.
        siblings: Models whose number it may be.
    """
    if significant_digits(reported) < LEAST_DIGITS:
        return _nearest_parameters(reported, counts)
    return next(_parameters(reported, counts, candidates, flops, siblings), _nearest_parameters(reported, counts))


def _excluded(reported: Quantity, excluded: Sequence[Candidate]) -> Iterator[str]:
    for candidate in excluded:
        if reported.holds(candidate.value):
            twice = "twice the MACs: the card's unit is wrong, for " if candidate.unit == "FLOPs" else ""
            yield f"it is {twice}what {candidate} counts, {candidate.value}, and {candidate.against}"


def _flops(
    reported: Quantity, ranked: Sequence[Candidate], parameters: Mapping[str, int], siblings: Sequence[CountedModel]
) -> Iterator[str]:
    for way, count in parameters.items():
        if reported.holds(count):
            yield f"it is the number of parameters ({way}): the two are swapped"
    rules = _leading(ranked)
    for sibling in siblings:
        for candidate in sibling.candidates:
            if candidate.rule in rules and reported.holds(candidate.value):
                yield f"it is what its sibling {sibling.model.name} counts ({candidate})"
    for candidate in ranked[: len(rules)]:
        power = _power_of_ten(reported, candidate.value)
        if power:
            yield f"it is {_times(power)} what {candidate} counts, {candidate.value}"
    for way, count in parameters.items():
        power = _power_of_ten(reported, count)
        if power:
            yield f"it has the digits of the {count} parameters ({way}): the two are swapped"


def _parameters(
    reported: Quantity,
    counts: Mapping[str, int],
    candidates: Sequence[Candidate],
    flops: Sequence[Quantity],
    siblings: Sequence[CountedModel],
) -> Iterator[str]:
    for candidate in sorted(candidates, key=lambda candidate: candidate.surprise)[:LIKELY]:
        if reported.holds(candidate.value):
            yield f"it is the number of FLOPs ({candidate}): the two are swapped"
    for sibling in siblings:
        for way, count in sibling.parameters.items():
            if reported.holds(count):
                yield f"it is what its sibling {sibling.model.name} has ({way})"
    for other in flops:
        if any(other.holds(count) or _power_of_ten(other, count) for count in counts.values()):
            yield f"the card reports these digits as its FLOPs, {other}: the two are swapped"
    for way, count in counts.items():
        power = _power_of_ten(reported, count)
        if power:
            yield f"it is {_times(power)} the model's {count} ({way})"


def _leading(ranked: Sequence[Candidate]) -> set[CountRule]:
    """The rules that are worth blaming a slip on."""
    return {candidate.rule for candidate in ranked[:LIKELY]}


def _power_of_ten(reported: Quantity, count: int) -> int:
    """The power of ten by which a number is too large; 0 where it is not.

    A slip keeps the number's own rounding: 2180000 stands for 21.8 million, give or take 0.05.
    """
    zeros = len(text := str(int(reported.value))) - len(text.rstrip("0"))
    half = max(reported.half_width, Decimal(10) ** zeros / 2)
    return next((power for power in POWERS if abs(reported.value - count * Decimal(10) ** power) <= half), 0)


def _times(power: int) -> str:
    return f"{10**power} times" if power > 0 else f"a {10**-power}th of"


def _nearest_flops(reported: Quantity, ranked: Sequence[Candidate]) -> str:
    if not ranked:
        return "nothing could be counted"
    nearest = min(ranked, key=lambda candidate: abs(candidate.value - reported.value))
    ratio = reported.value / nearest.value if nearest.value else Decimal(0)
    if abs(ratio - 1) > CLOSE:
        likeliest = ranked[0]
        ratio = reported.value / likeliest.value if likeliest.value else Decimal(0)
        return f"it is {ratio:.4g} times what {likeliest} counts, {likeliest.value}, and no convention is near"
    return f"the nearest is {nearest} with {nearest.value}, {ratio:.5f} times as much is reported"


def _nearest_parameters(reported: Quantity, counts: Mapping[str, int]) -> str:
    if not counts:
        return "the model has none"
    way, count = min(counts.items(), key=lambda item: abs(item[1] - reported.value))
    off = int(reported.value) - count
    return f"the nearest is {count} ({way}), and the card has {abs(off)} {'more' if off > 0 else 'fewer'}"
