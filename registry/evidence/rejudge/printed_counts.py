"""What a printed count or size may mean besides what it says: roundings undone, and units that are used loosely."""

from __future__ import annotations

import re
from collections.abc import Iterator

from registry.types import Quantity


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
        yield Quantity.parse(text, "count"), f"{reported} is {text} cut off by floating point"
