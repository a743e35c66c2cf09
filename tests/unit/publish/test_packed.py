"""Rows as data: what the script can write itself is a number alone, and everything else stays as it is."""

import json
from decimal import Decimal

import pytest

from registry import numbers
from registry.publish.html_table import Cell, Column, HtmlTable, Part, Row, number
from registry.publish.packed import FORMS, packed


def table(*cells: Cell) -> list[list[object]]:
    rows = [
        Row(key=f"m-{at}", cells=(Cell((Part(f"M_{at}", to=f"models/m-{at}.md"),)), cell))
        for at, cell in enumerate(cells)
    ]
    columns = (Column(key="model", label="Model"), Column(key="n", label="N", number=True))
    static = [Row(key="x", cells=(Cell(), Cell()))] * 100
    text = HtmlTable(id="t", caption="T", columns=columns, rows=[*static, *rows]).more(lambda path: path)
    data: list[list[object]] = json.loads(text.partition(" = ")[2].rstrip(";\n"))
    return data


def test_a_number_with_a_verdict_is_two_numbers() -> None:
    own, forms, verdicts, keys, models, values = table(
        number(Decimal("25557032"), "count", verdict="refuted"), number(Decimal(4000), "count"), Cell()
    )
    assert own == "models/*.md"
    assert (forms, keys) == (["", "count"], [1, 1, 1])
    assert values == [[25557032, verdicts.index("refuted")], [4000], 0]
    assert models[0] == [[["M_0", 1]]]


def test_what_the_script_would_write_otherwise_stays_text() -> None:
    halfway, printed = number(Decimal("0.12345"), "ratio"), Cell((Part("1.4G"),), sort=1.4e9)
    *_, values = table(number(Decimal("0.5"), "ratio"), halfway, printed)
    assert values == [[0.5], [[halfway.parts[0].text], 0.12345], [["1.4G"], 1.4e9]]


@pytest.mark.parametrize("value", ["1", "999", "1000", "1234", "61100840", "999999", "1e12", "4089184256", "0"])
def test_counts_are_written_as_everywhere(value: str) -> None:
    assert FORMS["count"](float(value)) == numbers.short(Decimal(value), "count")


def test_a_key_that_is_not_the_name_is_written() -> None:
    data = json.loads(packed([["A b", "C"]], ["a-b", "c-2"], 0, "models/*.md"))
    assert data[3] == [1, "c-2"]
