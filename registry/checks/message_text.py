"""How messages print values, and what is usual among them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from registry import numbers
from registry.types import Quantity


def short(text: object, limit: int = 60) -> str:
    """A value in quotes, on one line and not too long."""
    line = " ".join(str(text).split())
    return f"'{line if len(line) <= limit else line[: limit - 3] + '...'}'"


def size(number: Decimal | int | float) -> str:
    """A count in the unit that people say it in: 21800000 is `21.8 M`."""
    return numbers.short(number, "count")


def percent(quantity: Quantity) -> str:
    """A ratio as a percentage, with all of its digits: 0.5655 is `56.55%`."""
    return f"{(quantity.value * 100).normalize():f}%"


def times(count: int) -> str:
    """How often something is in a file, behind what is said of it; nothing where it is there once."""
    return f" ({numbers.counted(count, 'time')} in this file)" if count > 1 else ""


def median_of(values: Sequence[float]) -> float:
    """The middle one of some values; the standard library's module is slow to import."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def either(names: Sequence[str]) -> str:
    """Several that one may choose from: `a, b or c`."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def among(items: Sequence[str], most: int) -> str:
    """Some of many, in a row: `PSNR, SSIM and 3 more`.

    >>> among(["a"], 3), among(["a", "b"], 3), among(["a", "b", "c"], 2)
    ('a', 'a and b', 'a, b and 1 more')
    """
    if len(items) > most:
        return f"{', '.join(items[:most])} and {len(items) - most} more"
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
