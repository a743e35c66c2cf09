from decimal import Decimal

import pytest

from registry.types import Quantity, QuantityError


@pytest.mark.parametrize(
    ("text", "kind", "value", "half_width"),
    [
        ("1429383808", "count", "1429383808", "0"),
        ("560000000", "count", "560000000", "5000000"),
        ("4364335104", "count", "4364335104", "0"),
        ("1100", "count", "1100", "0"),
        ("2180000", "count", "2180000", "5000"),
        ("0", "count", "0", "0"),
        ("24.33M", "count", "24330000", "5000"),
        ("4.10 G", "count", "4100000000", "5000000"),
        ("4.1 GFLOPs", "count", "4100000000", "50000000"),
        ("4.09 GMACs", "count", "4090000000", "5000000"),
        ("25M params", "count", "25000000", "500000"),
        ("25.6 million", "count", "25600000", "50000"),
        ("7B", "count", "7000000000", "500000000"),
        ("1e9", "count", "1000000000", "500000000"),
        ("1,234,567", "count", "1234567", "0"),
        ("1_234_567", "count", "1234567", "0"),
        ("56.55%", "ratio", "0.5655", "0.00005"),
        ("94.82", "ratio", "0.9482", "0.00005"),
        ("0.7460", "ratio", "0.7460", "0.00005"),
        ("0.746", "ratio", "0.746", "0.0005"),
        ("1.0%", "ratio", "0.01", "0.0005"),
        ("77 %", "ratio", "0.77", "0.005"),
        ("1", "ratio", "1", "0"),
        ("98 MB", "bytes", "98000000", "500000"),
        ("97.8 MiB", "bytes", "102550732.8", "52428.8"),
        ("108422348", "bytes", "108422348", "0"),
        ("12.5 ms", "seconds", "0.0125", "0.00005"),
        ("-3", "count", "-3", "0"),
        (".5", "number", "0.5", "0.05"),
    ],
)
def test_value_and_precision_as_printed(text: str, kind: str, value: str, half_width: str) -> None:
    quantity = Quantity.parse(text, kind)  # type: ignore[arg-type]
    assert (quantity.value, quantity.half_width) == (Decimal(value), Decimal(half_width))


@pytest.mark.parametrize(
    ("text", "kind", "reason"),
    [
        ("banana", "count", "'banana' is not a number"),
        ("", "count", "'' is not a number"),
        ("12%", "count", "is a percentage where a count is meant"),
        ("12 MB", "count", "has no unit that a count can have"),
        ("12 parsecs", "seconds", "has no unit that a time can have"),
        ("1,23", "count", "comma for the decimal point; write 1.23"),
        ("0,913", "ratio", "write 0.913"),
        ("nan +/- nan", "ratio", "is not a number"),
        ("0.9 ± some", "ratio", "no number behind"),
        ("± 3", "ratio", "is not a number"),
        ("12,34,567", "count", "is not a number"),
        ("1e400", "count", "too large"),
        ("nan", "ratio", "is not a number"),
        ("inf", "ratio", "is not a number"),
        ("0x10", "count", "is not a number"),
        ("1.2.3", "count", "is not a number"),
        ("٣", "count", "is not a number"),
        ("9" * 100, "count", "is not a number"),
        ("5 M M", "ratio", "has no unit"),
    ],
)
def test_what_is_no_such_number_says_why(text: str, kind: str, reason: str) -> None:
    with pytest.raises(QuantityError, match=reason):
        Quantity.parse(text, kind)  # type: ignore[arg-type]


def test_a_measurement_holds_at_the_ends_of_the_printed_precision_and_not_beyond() -> None:
    quantity = Quantity.parse("56.55%", "ratio")
    assert quantity.holds(Decimal("0.56545"))
    assert quantity.holds(0.56555)
    assert not quantity.holds(0.565551)
    assert not quantity.holds(0.56544)


def test_an_exact_count_holds_only_itself() -> None:
    quantity = Quantity.parse("61100840", "count")
    assert quantity.holds(61100840)
    assert not quantity.holds(61100841)


@pytest.mark.parametrize(
    ("text", "kind", "value", "spread"),
    [
        ("250.10 +/- 20.1", "number", "250.1", "20.1"),
        ("91.2 ± 0.3", "ratio", "0.912", "0.003"),
        ("0.912+-0.003", "ratio", "0.912", "0.003"),
        ("91.2 ± 0.3 %", "ratio", "0.912", "0.003"),
        (r"91.2 \pm 0.3", "ratio", "0.912", "0.003"),
    ],
)
def test_a_mean_with_its_spread(text: str, kind: str, value: str, spread: str) -> None:
    quantity = Quantity.parse(text, kind)  # type: ignore[arg-type]
    assert (str(quantity.value), str(quantity.spread), quantity.text) == (value, spread, text)
    # The spread says nothing of how precisely the mean was printed.
    assert quantity.half_width < quantity.spread
