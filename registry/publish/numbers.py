"""Numbers as people read them."""

from __future__ import annotations

from decimal import Decimal

from registry.types import Claim, Kind

_STEPS = ((Decimal(10) ** 12, "T"), (Decimal(10) ** 9, "G"), (Decimal(10) ** 6, "M"), (Decimal(10) ** 3, "k"))


def short(value: Decimal | float, kind: Kind) -> str:
    """A number for a table: 61.1 M, 56.55%, 97.8 MB.

    >>> short(61100840, "count"), short(0.5655, "ratio"), short(104104, "bytes")
    ('61.1 M', '56.55%', '104 kB')
    """
    number = Decimal(str(value))
    if kind == "ratio":
        return f"{_trim(number * 100, 2)}%"
    if kind == "number":
        return f"{number:.6g}"
    unit = {"bytes": "B", "seconds": "s"}.get(kind, "")
    for step, prefix in _STEPS if kind != "seconds" else ():
        if abs(number) >= step:
            return f"{_significant(number / step)} {prefix}{unit}"
    return f"{number:.4g} {unit}".strip()


def exact(value: float, claim: Claim) -> str:
    """A measured value in the way its claim is printed, so that the two can be compared digit by digit.

    Of a ratio it has the claim's digits and one more, where that is not zero.
    """
    number, printed = Decimal(repr(value)), claim.reported
    if claim.kind == "ratio":
        scale = 100 if printed.percent else 1
        finest = printed.half_width * 2 * scale
        places = min(max(0, -int(finest.adjusted())) if finest else 1, 5)
        text = f"{number * scale:.{places + 1}f}".removesuffix("0").removesuffix(".")
        return f"{text}%" if printed.percent else text
    if number == number.to_integral_value():
        unit = f" {printed.unit}" if printed.unit in ("B", "s") else ""
        in_full = printed.text.partition(" ")[0] == f"{printed.value:f}"
        return f"{int(number)}{unit}" if in_full else f"{int(number):,}{unit}"
    return f"{number:.6g}"


def percent(value: float) -> str:
    """A fraction of one as a percentage with two decimals."""
    return f"{100 * value:.2f}%"


def _trim(number: Decimal, places: int) -> str:
    text = f"{number:.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text and places > 2 else text


def _significant(number: Decimal) -> str:
    """Three significant digits, without an exponent."""
    places = 2 if number < 10 else 1 if number < 100 else 0
    text = f"{number:.{places}f}"
    return text.rstrip("0").rstrip(".") if places else text
