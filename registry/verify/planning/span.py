"""A number that is known only between two others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """From `low` to `high`, both of them possible; the same twice where it is known."""

    low: float
    high: float

    def __add__(self, other: Span) -> Span:
        return Span(self.low + other.low, self.high + other.high)

    def __mul__(self, factor: float) -> Span:
        return Span(self.low * factor, self.high * factor)

    @property
    def exact(self) -> bool:
        """Whether there is but one possibility."""
        return self.low == self.high


NOTHING = Span(0.0, 0.0)


def total(spans: Iterable[Span | None]) -> tuple[Span, int]:
    """The sum of what is known, and how many are not."""
    whole, unknown = NOTHING, 0
    for span in spans:
        if span is None:
            unknown += 1
        else:
            whole += span
    return whole, unknown
