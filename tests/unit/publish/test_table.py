"""Tables as CSV and as rows."""

import csv
import io
from decimal import Decimal

from registry.publish import html_table as tables
from registry.publish.html_table import Cell, Column, HtmlTable, Part, Row

COLUMNS = (Column(key="name", label="Name"), Column(key="size", label="Size", number=True))


def make(rows: list[Row]) -> HtmlTable:
    return HtmlTable(id="t", caption="T", columns=COLUMNS, rows=rows)


def test_csv_holds_numbers_in_full_and_runs_no_formula() -> None:
    names = ["plain", "=1+1", "@SUM(A1)", "+1+1", "-1+1", "-1", 'quoted "x", y', "two\nlines"]
    rows = [Row(cells=(tables.text(name), tables.number(Decimal("61100840"), "count"))) for name in names]
    rows.append(Row(cells=(tables.text(None), tables.number(-5, "number"))))
    read = list(csv.reader(io.StringIO(make(rows).csv(), newline="")))
    assert read[0] == ["name", "size"]
    assert [row[0] for row in read[1:]] == [
        "plain",
        "'=1+1",
        "'@SUM(A1)",
        "'+1+1",
        "'-1+1",
        "-1",
        'quoted "x", y',
        "two\nlines",
        "",
    ]
    assert {row[1] for row in read[1:-1]} == {"61100840"}
    assert read[-1][1] == "-5"


def test_rows_beyond_those_of_the_page_have_a_file() -> None:
    row = Row(cells=(Cell(), Cell((Part("1"),), sort=1)))
    assert make([row] * tables.STATIC_ROWS).more_path is None
    assert make([row] * (tables.STATIC_ROWS + 1)).more_path == "assets/rows/t.js"


def test_verdicts_sort_by_what_holds() -> None:
    good = tables.verdicts({"reproduced": 2, "within-tolerance": 1, "self-reported": 1})
    assert good.sort == 0.75
    assert tables.verdicts({}).sort == -1
    assert good.text == "reproduced 2; within-tolerance 1; self-reported 1"


def test_a_column_that_holds_nothing_is_left_out() -> None:
    rows = [Row(key="a", cells=(tables.text("a"), Cell())), Row(key="b", cells=(tables.text(None), Cell()))]
    columns, cut = tables.without_empty(COLUMNS, rows)
    assert [column.key for column in columns] == ["name"]
    assert [(row.key, len(row.cells)) for row in cut] == [("a", 1), ("b", 1)]


def test_marks_without_words_are_explained() -> None:
    marked = tables.number(1, "number", verdict="refuted")
    spelt = tables.spelt("error")
    table = make([Row(cells=(tables.verdicts({"reproduced": 2, "stale": 1}), marked)), Row(cells=(spelt, Cell()))])
    assert table.marks == ("reproduced", "refuted", "stale")
    assert "error" in table.csv()
