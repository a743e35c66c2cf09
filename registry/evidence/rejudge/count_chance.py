"""How likely a wrong number would have passed: one bound for parameters, FLOPs and sizes, and no rule is exempt.

A wrong number that anybody would believe lies within a factor of two of the right one. Drawn from there, evenly on a
logarithmic scale, it passes where it lies within half a printed unit of a count that was tried. So the chance is the
part of that range which the tried counts cover: it grows with the printed width and with the number of things tried.
`61.1M` for one count covers 0.12 %, `61M` covers 1.2 %, `0.1B` everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import log
from typing import Any, Literal

from registry.evidence.rejudge.fineness import MOST_CHANCE, readings
from registry.types import Measurement, Quantity

FACTOR = 2
"""How far a plausible wrong number is from the right one, at most, in either direction."""

CountVerdict = Literal["reproduced", "refuted", "unverifiable"]

WHOLE = Decimal("0.5")
"""Half the width of an exact whole number: its neighbours are other numbers."""


def chance_of_fit(reported: Quantity, counts: Iterable[int], right: int) -> float:
    """The share of plausible wrong numbers, printed as precisely, that one of the tried counts would let pass.

    Args:
        reported: The number as printed.
        counts: The counts it was compared with, up to the one that fits.
        right: The count that fits.

    >>> f"{chance_of_fit(Quantity.parse('61.1M', 'count'), [61100840], 61100840):.2%}"
    '0.12%'
    """
    if right <= 0:
        return 1.0
    half = max(reported.half_width, WHOLE)
    lowest, highest = Decimal(right) / FACTOR, Decimal(right) * FACTOR
    covered, reached = 0.0, lowest
    for low, high in sorted((count - half, count + half) for count in map(Decimal, counts)):
        low, high = max(low, reached), min(high, highest)
        if high > low:
            covered += log(high / low)
            reached = high
    return min(1.0, covered / (2 * log(FACTOR)))


def significant_digits(reported: Quantity) -> int:
    """How many digits a number is printed with, leading zeros left out.

    >>> [significant_digits(Quantity.parse(text, "count")) for text in ("0.1B", "0.0G", "4.10G", "61100840")]
    [1, 0, 3, 8]
    """
    value, unit = abs(reported.value), 2 * max(reported.half_width, WHOLE if reported.unit != "1" else Decimal(0))
    if not unit:
        return len(value.as_tuple().digits)
    return max(0, (value / unit).adjusted() + 1) if value else 0


def _too_coarse(reported: Quantity, chance: float) -> str:
    """What to say of a number that fits and proves nothing, as the end of a sentence; empty where it proves enough."""
    digits = significant_digits(reported)
    if digits < 2:
        return f"a number of {'one significant digit' if digits else 'no significant digit'} fits nearly anything"
    if chance > MOST_CHANCE:
        return f"so would {chance:.1%} of the wrong numbers within a factor of two, and {MOST_CHANCE:.1%} is the most"
    return ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fit:
    """The first count that a printed number agrees with.

    Attributes:
        place: Its index among those tried.
        note: How the printed number was read, where not as it stands.
        chance: How likely a wrong number would have passed by then.
        coarse: Why it proves nothing, as a clause; empty where it does.
    """

    place: int
    note: str
    chance: float
    coarse: str


def first_fit(reported: Quantity, counts: Sequence[int]) -> Fit | None:
    """The first of the counts that reproduces a number, tried in their order under every reading of its digits."""
    before: list[Quantity] = []
    for reading, note in readings(reported):
        place = next((place for place, count in enumerate(counts) if reading.holds(count)), None)
        if place is None:
            before.append(reading)
            continue
        right = counts[place]
        chance = chance_of_fit(reading, counts[: place + 1], right)
        chance = min(1.0, chance + sum(chance_of_fit(reading_before, counts, right) for reading_before in before))
        return Fit(place=place, note=note, chance=chance, coarse=_too_coarse(reading, chance))
    return None


def compared(counts: Mapping[str, int], chance: float) -> dict[str, Any]:
    """What a record keeps so that its verdict can be found again: the counts by rule, and the chance of a wrong fit."""
    return {"tried": dict(counts), "chance": float(f"{chance:.3g}")}


def recorded_verdict(reported: Quantity, measurement: Measurement) -> tuple[CountVerdict, str]:
    """The verdict that follows from a record of parameters, FLOPs or a file's size alone, and why.

    Args:
        reported: The claim's number.
        measurement: What was measured; its details hold under `tried` all counts that the number was compared with,
            by rule, up to the one that fits.

    Returns:
        The verdict and a clause; `unverifiable` also for a record from which nothing follows.
    """
    counts = measurement.details.get("tried")
    if not isinstance(counts, Mapping) or not all(isinstance(count, int) for count in counts.values()):
        return "unverifiable", "the record does not hold the counts that were tried"
    rule = measurement.convention or ""
    if counts.get(rule) != measurement.value:
        return "unverifiable", "the measured value is not the one that was tried under its rule"
    labels = [label for label in counts if label != rule]
    fit = first_fit(reported, [*(counts[label] for label in labels), int(measurement.value)])
    if fit is None:
        return "refuted", "none of the counts that were tried fits"
    if fit.place < len(labels):
        return "unverifiable", f"{labels[fit.place]} fits, and is not what was measured"
    return ("unverifiable", fit.coarse) if fit.coarse else ("reproduced", "the measured count fits")
