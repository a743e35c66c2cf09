"""Places as plain tuples: what travels between processes, or is kept, by tens of thousands."""

from __future__ import annotations

from registry.types import Location

Spot = tuple[str, int, int, int | None, int | None, str]
"""The fields of a `Location` in their order."""


def spot(location: Location) -> Spot:
    """A place as a tuple."""
    return (*location,)


def located(found: Spot) -> Location:
    """The place that a tuple stands for."""
    return Location._make(found)
