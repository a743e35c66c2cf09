"""The quantity parser: a number or a sentence, and the number that exact fractions say it is."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import get_args

from hypothesis import strategies as st

from registry.types import Kind, Quantity, QuantityError
from registry.vocabulary.metrics import read_quantity

KINDS = get_args(Kind)
PIECES = [
    *"0123456789.,_eE+-% kKMGTPBs",
    "FLOPs",
    "MACs",
    "params",
    "iB",
    "MB",
    "ms",
    "million",
    "\u0663",
    "\u00b2",
    "\n",
    "1e60",
]
NAMES = ["FLOPs", "GFLOPs", "Params (M)", "File Size (MB)", "inference time (ms/im)", "x (", "\u017f"]
SCALES: dict[str, dict[str, Fraction]] = {
    "count": {"": Fraction(1), "K": Fraction(10**3), "M": Fraction(10**6), " G": Fraction(10**9), "B": Fraction(10**9)}
    | {" GFLOPs": Fraction(10**9), "T": Fraction(10**12), " million": Fraction(10**6), " MACs": Fraction(1)},
    "bytes": {"": Fraction(1), " MB": Fraction(10**6), "KiB": Fraction(1024), " TiB": Fraction(1024**4)},
    "seconds": {"": Fraction(1), " ms": Fraction(1, 1000), "h": Fraction(3600), " min": Fraction(60)},
    "number": {"": Fraction(1)},
}

ANY = st.tuples(
    st.sampled_from(NAMES),
    st.text(max_size=30) | st.lists(st.sampled_from(PIECES)).map("".join),
    st.sampled_from(KINDS),
).map(list)


@st.composite
def printed(draw: st.DrawFn) -> list[str]:
    """A number as a card prints it: kind, sign, digits, the digits behind the point, exponent, unit."""
    kind = draw(st.sampled_from(sorted(SCALES)))
    whole = draw(st.integers(0, 10**15).map(str) | st.integers(1, 99).map(lambda n: f"{n}000000"))
    behind = draw(st.just("") | st.text("0123456789", min_size=1, max_size=8))
    exponent = draw(st.just("") | st.integers(-20, 20).map(lambda n: f"e{n}"))
    unit = draw(st.sampled_from(sorted(SCALES[kind])))
    return [kind, draw(st.sampled_from(["", "-", "+"])), whole, behind, exponent, unit]


def any_text_is_a_quantity_or_a_sentence(case: list[str]) -> None:
    name, text, kind = case
    try:
        quantity = read_quantity(name, text, kind)  # type: ignore[arg-type]
    except QuantityError:
        return
    assert quantity.value.is_finite()
    assert quantity.half_width >= 0
    assert quantity.holds(quantity.value)


def a_printed_number_is_read_to_its_last_digit(case: list[str]) -> None:
    kind, sign, whole, behind, exponent, unit = case
    text = f"{sign}{whole}{'.' if behind else ''}{behind}{exponent}{unit}"
    scale = SCALES[kind][unit] * Fraction(10) ** int(exponent[1:] or 0)
    exact = Fraction(f"{sign}{whole}.{behind or 0}") * scale
    if behind:
        width = Fraction(10) ** -len(behind) * scale / 2
    elif exponent or SCALES[kind][unit] != 1:
        width = scale / 2
    else:
        zeros = len(whole) - len(whole.rstrip("0"))
        width = Fraction(10) ** zeros / 2 if zeros >= 3 and zeros < len(whole) else Fraction(0)
    quantity = Quantity.parse(text, kind)  # type: ignore[arg-type]
    assert abs(Fraction(quantity.value) - exact) <= abs(exact) / 10**26, text
    assert abs(Fraction(quantity.half_width) - width) <= width / 10**26, text
    assert quantity.text == text
    if width:
        inside = quantity.value + quantity.half_width * Decimal("0.99")
        assert quantity.holds(inside)
        assert not quantity.holds(quantity.value + quantity.half_width * Decimal("1.01"))
