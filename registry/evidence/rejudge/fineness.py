"""How fine a printed share or number is, and how likely a wrong one would pass for it.

One principle holds for every kind of claim: at most `MOST_CHANCE` of the plausible wrong numbers may come out
reproduced. Plausible are those within a factor of two; of a share, also those whose complement is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from registry.types import Quantity

MOST_CHANCE = 0.006
"""Highest accepted share of plausible wrong numbers that come out reproduced."""

_WHOLE_POINT = Decimal("0.005")

_NOISE = Decimal("0.01")
"""Part of a sample by which a share that was printed finer than one sample may miss a whole number of samples.

`repr(k / n)` misses it by floating point, and so does a share that was a 32-bit float before it was printed.
"""

_SINGLE = Decimal("1e-7")
"""The same relative to the number, for very many samples: a 32-bit float is right to 6e-8."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PrintedCounts:
    """The whole numbers of samples that a printed share may mean.

    Attributes:
        least: The smallest of them.
        most: The largest.
        exact: False where no whole number of samples prints so; `least` and `most` are then its neighbours.
    """

    least: int
    most: int
    exact: bool = True

    def difference(self, count: int) -> int:
        """By how many samples the print is above a count, zero where it may mean that count."""
        if count < self.least:
            return self.least - count
        if count > self.most:
            return self.most - count
        if self.exact:
            return 0
        return 1 if count == self.least else -1


def half_width(reported: Quantity) -> Decimal:
    """Half a unit of the last printed digit of a share; `95` in percent was rounded, though it ends in no zeros."""
    whole = reported.unit == "1" and reported.percent and not reported.half_width
    return _WHOLE_POINT if whole else reported.half_width


def printed_counts(reported: Quantity, samples: int) -> PrintedCounts:
    """Which numbers of samples print as reported.

    Where the print is finer than one sample it means the nearest whole number, if it is one up to floating point.

    >>> printed_counts(Quantity.parse("0.9750000238418579", "ratio"), 360)
    PrintedCounts(least=351, most=351, exact=True)
    >>> printed_counts(Quantity.parse("99.9%", "ratio"), 360)
    PrintedCounts(least=359, most=360, exact=False)
    """
    middle = reported.value * samples
    half = max(half_width(reported) * samples, min(max(_NOISE, middle * _SINGLE), Decimal("0.25")))
    least = int((middle - half).to_integral_value(ROUND_CEILING))
    most = int((middle + half).to_integral_value(ROUND_FLOOR))
    if least <= most:
        return PrintedCounts(least=least, most=most)
    return PrintedCounts(least=most, most=least, exact=False)


def chance_of_count(counts: PrintedCounts, samples: int) -> float:
    """Share of the plausible results on so many samples that would print as reported."""
    share = (counts.least + counts.most) / 2 / samples
    passing = min(counts.most, samples) - max(counts.least, 0) + 1 if counts.exact else 1
    return passing / max(1.0, _plausible(share) * samples)


def chance_of_value(reported: Quantity) -> float:
    """The same of a number that is no share of samples."""
    value, width = abs(float(reported.value)), 2 * float(half_width(reported))
    plausible = _plausible(value) if reported.unit == "1" else 1.5 * value
    return width / plausible if plausible else 1.0


def _plausible(share: float) -> float:
    """Part of the scale within a factor of two of a share, or of its complement where that is the larger."""
    larger = min(1.0, max(share, 1.0 - share))
    return 1.0 - larger / 2


def readings(reported: Quantity) -> Iterator[tuple[Quantity, str]]:
    """What a printed count or size may mean, each with a note.

    It is meant as printed, or with its rounding undone by floating point: `int(66.35 * 1e6)` is 66349999, rounded to
    two decimals of a million, then cut off. A size in `MB` may also be in units of 2^20 bytes, as many tools mean it.

    >>> [str(reading.half_width) for reading, _ in readings(Quantity.parse("66349999", "count"))]
    ['0', '5000']
    >>> [int(reading.value) for reading, _ in readings(Quantity.parse("98 MB", "bytes"))]
    [98000000, 102760448]
    """
    yield reported, ""
    if reported.unit == "B":
        match = re.fullmatch(r"(.*)([KMGT])B", reported.text.strip(), re.IGNORECASE | re.DOTALL)
        if match is not None and len(reported.text) < 40:
            yield Quantity.parse(f"{match[1]}{match[2]}iB", "bytes"), f"read as {match[2]}iB"
        return
    text = str(reported.value + 1)
    if not reported.half_width and re.fullmatch(r"\d+000", text):
        yield Quantity.parse(text, "count"), f"{reported} is {text} truncated by floating point"
