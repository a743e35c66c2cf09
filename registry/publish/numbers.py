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
    """A measured value in full, in the way its claim is printed, one digit finer where it is a ratio."""
    number = Decimal(repr(value))
    if claim.kind == "ratio":
        scale = 100 if claim.reported.percent else 1
        finest = claim.reported.half_width * 2 * scale
        places = max(0, -int(finest.adjusted())) + 1 if finest else 2
        text = _trim(number * scale, min(places, 6))
        return f"{text}%" if claim.reported.percent else text
    if number == number.to_integral_value():
        unit = f" {claim.reported.unit}" if claim.reported.unit in ("B", "s") else ""
        return f"{int(number):,}{unit}"
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
