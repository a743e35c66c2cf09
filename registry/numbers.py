"""Numbers as people read them, in every command and on every page, and as JSON holds them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from registry.types import Kind, Quantity

_STEPS = ((Decimal(10) ** 12, "T"), (Decimal(10) ** 9, "G"), (Decimal(10) ** 6, "M"), (Decimal(10) ** 3, "k"))


def short(value: Decimal | float, kind: Kind) -> str:
    """A number for a table: 61.1 M, 56.55%, 97.8 MB.

    >>> short(61100840, "count"), short(0.5655, "ratio"), short(104104, "bytes")
    ('61.1 M', '56.55%', '104 kB')
    """
    number = Decimal(str(value))
    if kind == "ratio":
        return f"{number * 100:.2f}%"
    if kind == "number":
        return f"{number:.6g}"
    unit = {"bytes": "B", "seconds": "s"}.get(kind, "")
    for step, prefix in _STEPS if kind != "seconds" else ():
        if abs(number) >= step:
            return f"{_significant(number / step)} {prefix}{unit}"
    return f"{number:.4g} {unit}".strip()


def beside(value: float, reported: Quantity, kind: Kind) -> str:
    """A measured value in the way that its claim is printed, so that the two can be compared digit by digit.

    Of a ratio it has the claim's digits and one more, where that is not zero.

    >>> beside(0.975, Quantity.parse("97.50%", "ratio"), "ratio")
    '97.50%'
    >>> beside(0.975, Quantity.parse("0.98", "ratio"), "ratio")
    '0.975'
    >>> beside(25866, Quantity.parse("25.9k", "count"), "count")
    '25866'
    """
    number = Decimal(repr(value))
    if kind == "ratio":
        scale = 100 if reported.percent else 1
        finest = reported.half_width * 2 * scale
        places = min(max(0, -int(finest.adjusted())) if finest else 1, 5)
        text = f"{number * scale:.{places + 1}f}".removesuffix("0").removesuffix(".")
        return f"{text}%" if reported.percent else text
    if number == number.to_integral_value():
        unit = f" {reported.unit}" if reported.unit in ("B", "s") else ""
        return f"{int(number)}{unit}"
    return f"{number:.6g}"


def percent(value: float) -> str:
    """A fraction of one as a percentage with two decimals: 0.975 is `97.50%`."""
    return short(value, "ratio")


def counted(count: int, noun: str) -> str:
    """A number of things: `1 model`, `2 models`.

    >>> counted(1, "model"), counted(0, "claim")
    ('1 model', '0 claims')
    """
    return f"{count} {noun}{'' if count == 1 else 's'}"


def whole(value: Any) -> Any:
    """A whole number as one, for JSON: 61100840, not 61100840.0; anything else as it is."""
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value


def _significant(number: Decimal) -> str:
    """Three significant digits, without an exponent."""
    places = 2 if number < 10 else 1 if number < 100 else 0
    text = f"{number:.{places}f}"
    return text.rstrip("0").rstrip(".") if places else text
