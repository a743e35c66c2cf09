"""Numbers as cards print them: value, unit and the precision of what was printed."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Literal, NamedTuple

from registry.lazy_regex import lazy_regex
from registry.types.safe_text import shortened

Kind = Literal["count", "ratio", "bytes", "seconds", "number"]
"""What a number is: a count (parameters, FLOPs, epochs), a ratio (accuracy), a size, a time, or a bare number."""

Unit = Literal["", "1", "B", "s"]

_SCALES: dict[str, Decimal] = {
    "": Decimal(1),
    "k": Decimal(10) ** 3,
    "m": Decimal(10) ** 6,
    "g": Decimal(10) ** 9,
    "b": Decimal(10) ** 9,
    "t": Decimal(10) ** 12,
    "p": Decimal(10) ** 15,
    "thousand": Decimal(10) ** 3,
    "million": Decimal(10) ** 6,
    "billion": Decimal(10) ** 9,
    "trillion": Decimal(10) ** 12,
}
_BYTES: dict[str, Decimal] = {"": Decimal(1), "b": Decimal(1), "byte": Decimal(1), "bytes": Decimal(1)} | {
    f"{prefix}{unit}": Decimal(base) ** power
    for unit, base in (("b", 1000), ("ib", 1024))
    for power, prefix in enumerate("kmgt", 1)
}
_SECONDS: dict[str, Decimal] = {
    "": Decimal(1),
    "s": Decimal(1),
    "sec": Decimal(1),
    "second": Decimal(1),
    "seconds": Decimal(1),
    "ms": Decimal("0.001"),
    "us": Decimal("0.000001"),
    "min": Decimal(60),
    "minutes": Decimal(60),
    "h": Decimal(3600),
    "hours": Decimal(3600),
}
_COUNTED = {"", "flop", "flops", "mac", "macs", "op", "ops", "param", "params", "parameter", "parameters"}

_ONE = Decimal(1)
_BASES: dict[Kind, Unit] = {"count": "", "ratio": "1", "bytes": "B", "seconds": "s", "number": ""}

_NUMBER = lazy_regex(
    r"""^(?P<sign>[+-]?)
        (?P<digits>(?:[1-9]\d{0,2}(?:,\d{3})+|\d{1,3}(?:_\d{3})+|\d+)(?:\.\d*)?|\.\d+)
        (?:[eE](?P<exponent>[+-]?\d{1,4}))?
        \s*(?P<unit>%|[A-Za-z]{0,20})(?:\s+(?P<noun>[A-Za-z]{1,12}))?$""",
    re.VERBOSE | re.ASCII,
)


_SPREAD = lazy_regex(r"(?:(?<!\s)\s+)?(?:\+/-|\+-|±|\\pm)\s*")
_PLUS = frozenset("+±\\")
_DECIMAL_COMMA = lazy_regex(r"[+-]?\d{1,3},\d{1,9}\s*%?", re.ASCII)


class QuantityError(ValueError):
    """A text that is no number of the kind that was asked for; the message says why in one sentence."""


class Quantity(NamedTuple):
    """A number with its printed precision.

    Attributes:
        value: In base units: a count, a fraction of one, bytes or seconds.
        half_width: Half a unit of the last printed digit, in the same unit. Zero for a whole number that
            ends in fewer than three zeros: nobody rounds to such a number, so it is exact.
        unit: `1` for a fraction of one, `B` for bytes, `s` for seconds, empty for a count or a bare number.
        text: As printed.
        percent: True where it was printed with a percent sign, or as percentage points.
        spread: What follows `±`, such as a standard deviation over several runs, in the same unit; zero where nothing
            does. It says how measurements differ, and nothing of what was printed.
    """

    value: Decimal
    half_width: Decimal
    unit: Unit
    text: str
    percent: bool = False
    spread: Decimal = Decimal(0)

    @classmethod
    def parse(cls, text: str, kind: Kind = "number") -> Quantity:
        """Read a printed number.

        Args:
            text: Such as `1429383808`, `24.33M`, `4.1 GFLOPs`, `56.55%`, `0.7467`, `98 MB`, `1,234,567`.
            kind: What it counts. A `ratio` above one without a sign is in percentage points: `94.82` is 0.9482.

        Raises:
            QuantityError: The text is no number, or its unit does not fit the kind.

        >>> quantity = Quantity.parse("56.55%", "ratio")
        >>> str(quantity.value), str(quantity.half_width), quantity.unit, quantity.percent
        ('0.5655', '0.00005', '1', True)
        >>> quantity = Quantity.parse("24.33M", "count")
        >>> int(quantity.value), int(quantity.half_width)
        (24330000, 5000)
        >>> int(Quantity.parse("560000000", "count").half_width)
        5000000
        >>> int(Quantity.parse("61100840", "count").half_width)
        0
        >>> quantity = Quantity.parse("91.2 ± 0.3", "ratio")
        >>> str(quantity.value), str(quantity.spread)
        ('0.912', '0.003')
        """
        printed = text.strip()
        if not _PLUS.isdisjoint(printed):
            mean, *spread = _SPREAD.split(printed[:81], maxsplit=1)
            if spread and mean:
                return cls._with_spread(mean, spread[0], printed, kind)
        match = _NUMBER.match(printed) if len(printed) <= 80 else None
        if match is None:
            if _DECIMAL_COMMA.fullmatch(printed):
                point = printed.replace(",", ".")
                raise QuantityError(f"'{printed}' has a comma for the decimal point; write {point}")
            raise QuantityError(f"'{shortened(printed)}' is not a number")
        digits = match["digits"].replace(",", "").replace("_", "")
        exponent = int(match["exponent"] or 0)
        if abs(exponent) > 60 or len(digits) > 25:
            raise QuantityError(f"'{shortened(printed)}' is too large or too small a number")
        try:
            number = Decimal(match["sign"] + digits)
            number = number.scaleb(exponent) if exponent else number
        except InvalidOperation:  # pragma: no cover - the pattern admits only decimals
            raise QuantityError(f"'{shortened(printed)}' is not a number") from None
        scale, unit = _scale(match["unit"], match["noun"] or "", kind, printed)
        percent = match["unit"] == "%"
        if kind == "ratio" and not percent and abs(number) > 1:
            scale, percent = Decimal("0.01"), True
        whole = "." not in digits and not match["exponent"] and scale == 1
        last = _last_digit(digits, whole=whole)
        half_width = _plain(last.scaleb(exponent) * scale / 2) if last else last
        return cls(value=_plain(number * scale), half_width=half_width, unit=unit, text=printed, percent=percent)

    @classmethod
    def _with_spread(cls, mean: str, spread: str, printed: str, kind: Kind) -> Quantity:
        """A mean and how far measurements lie from it, both in one unit; a sign behind the spread is that of both."""
        if spread.endswith("%") and not mean.endswith("%"):
            mean += "%"
        number = _NUMBER.match(spread)
        try:
            quantity = cls.parse(mean, kind)
        except QuantityError as error:
            raise QuantityError(str(error).replace(f"'{mean}'", f"'{shortened(printed)}'")) from None
        if number is None:
            raise QuantityError(f"'{shortened(printed)}' has no number behind the '±'")
        plain = number["digits"].replace(",", "").replace("_", "")
        scale = Decimal("0.01") if quantity.percent else _scale(number["unit"], number["noun"] or "", kind, printed)[0]
        exponent = int(number["exponent"] or 0)
        if abs(exponent) > 60 or len(plain) > 25:
            raise QuantityError(f"'{shortened(printed)}' is too large or too small a number")
        return quantity._replace(text=printed, spread=_plain(Decimal(plain).scaleb(exponent) * scale))

    def holds(self, measured: Decimal | float) -> bool:
        """Whether a measurement in the same unit lies inside the printed precision (ends included)."""
        exact = measured if isinstance(measured, Decimal) else Decimal(repr(measured))
        return abs(exact - self.value) <= self.half_width

    def __str__(self) -> str:
        return self.text


def _scale(unit: str, noun: str, kind: Kind, printed: str) -> tuple[Decimal, Unit]:
    """Factor to base units, and the base unit."""
    if not unit and not noun:
        return _ONE, _BASES[kind]
    lowered = unit.lower()
    if unit == "%":
        if kind in ("count", "bytes", "seconds") or noun:
            raise QuantityError(f"'{shortened(printed)}' is a percentage where a {_NAMES[kind]} is meant")
        return Decimal("0.01"), "1"
    if kind == "bytes":
        if lowered in _BYTES and not noun:
            return _BYTES[lowered], "B"
        if lowered in _SCALES and noun.lower() in ("b", "byte", "bytes"):
            return _SCALES[lowered], "B"
    elif kind == "seconds":
        if lowered in _SECONDS and not noun:
            return _SECONDS[lowered], "s"
    elif kind != "ratio" and noun.lower() in _COUNTED:
        if lowered in _SCALES:
            return _SCALES[lowered], ""
        for prefix, factor in _SCALES.items():
            if len(prefix) == 1 and lowered.startswith(prefix) and lowered[1:] in _COUNTED and not noun:
                return factor, ""
        if lowered in _COUNTED and not noun:
            return Decimal(1), ""
    raise QuantityError(f"'{shortened(printed)}' has no unit that a {_NAMES[kind]} can have")


_NAMES: dict[Kind, str] = {
    "count": "count",
    "ratio": "ratio or percentage",
    "bytes": "size in bytes",
    "seconds": "time",
    "number": "number",
}


def _last_digit(digits: str, *, whole: bool) -> Decimal:
    """One unit of the last printed digit; zero where the number is taken as exact."""
    if "." in digits:
        return Decimal(1).scaleb(-len(digits.partition(".")[2]))
    if not whole:
        return Decimal(1)
    zeros = len(digits) - len(digits.rstrip("0"))
    if zeros < 3 or zeros == len(digits):
        return Decimal(0)
    return Decimal(1).scaleb(zeros)


def _plain(number: Decimal) -> Decimal:
    """The same number without an exponent, so that it prints as people write it."""
    whole = int(number)
    return Decimal(whole) if number == whole else number.normalize()
