"""Places as plain tuples: what travels between processes, or is kept, by tens of thousands."""

from __future__ import annotations

from registry.types import Location

Spot = tuple[str, int, int, int | None, int | None, str]
"""The fields of a `Location` in their order."""


def spot(location: Location) -> Spot:
    """A place as a tuple."""
    return (location.file, location.line, location.column, location.end_line, location.end_column, location.path)


def located(found: Spot) -> Location:
    """The place that a tuple stands for."""
    file, line, column, end_line, end_column, path = found
    return Location(file=file, line=line, column=column, end_line=end_line, end_column=end_column, path=path)
