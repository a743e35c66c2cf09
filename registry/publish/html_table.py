"""Tables: one description, shown as HTML that a script can sort and filter, and written as CSV."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from registry import numbers
from registry.csv_file import csv_text, inert
from registry.evidence.beside import SHOWN_VERDICTS, ShownVerdict
from registry.publish.packed import packed
from registry.types import Kind
from registry.types.safe_text import shortened

STATIC_ROWS = 100
"""Rows that stand in the page itself; those beyond come as data in a script, so that a large page is there at once."""


SHOWN_PARTS = 6
"""Pieces of a cell that are shown, such as the data sets of a model; those beyond are folded away, in table.js too."""

OWN_PAGE = "models/*.md"
"""The page of a row that stands for a model, with `*` for its key."""

NO_TASK = "-"
"""The task of columns that are shown where a reader has chosen none."""


_LONGEST_WORD, _LONGEST_HEADING = 20, 60
"""Letters of a word of a heading, and of the whole."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One column.

    Attributes:
        key: Its name in addresses and in CSV.
        filter: How readers narrow it down: `choice` of its values, `range` of its numbers, or not at all.
        number: True where it holds numbers, which stand to the right.
        first: Which end comes first when a reader sorts by it.
        folded: True where it is shown only when a reader asks for it.
        task: The task that it belongs to, with which it is shown where a reader chooses that task; empty for all.
        about: What it holds, where the heading says too little.
        always: True where it is never folded away to make room.
        unsearched: True where searching the rows passes it over, because it is a number in words.
    """

    key: str
    label: str
    filter: Literal["choice", "range"] | None = None
    number: bool = False
    first: Literal["up", "down"] = "up"
    folded: bool = False
    task: str = ""
    about: str = ""
    always: bool = False
    unsearched: bool = False

    @property
    def heading(self) -> str:
        """Its label, of which a card's own long words are cut short, so that a heading stays one."""
        label = " ".join(shortened(word, _LONGEST_WORD) for word in self.label.split())
        return label if len(label) <= _LONGEST_HEADING else label[: _LONGEST_HEADING - 3].rstrip(" ,") + "..."


class Part(NamedTuple):
    """A piece of a cell: text, which may lead somewhere or be a verdict.

    Attributes:
        text: What is shown.
        verdict: The verdict that it stands for.
        value: What a choice filter matches, where it is not the text.
        spelt: True where the verdict's word is shown beside its mark.
        url: An address elsewhere, which a card gives and `escape.link` let pass.
    """

    text: str
    to: str | None = None
    verdict: ShownVerdict | None = None
    value: str | None = None
    spelt: bool = False
    url: str | None = None

    def data(self, to: Callable[[str], str]) -> Any:
        """The part as JSON data: its text alone, or text, address, verdict, value, and whether its word is shown."""
        address = to(self.to) if self.to else self.url or 0
        if not address and self.verdict is None and self.value is None:
            return self.text
        full = [self.text, address, self.verdict or 0, self.value or 0, int(self.spelt)]
        while full and not full[-1]:
            full.pop()
        return full


class Cell(NamedTuple):
    """What stands in one column of one row.

    Attributes:
        parts: What is shown, in order.
        sort: What it is sorted and ranged by; the text of its parts where it is `None`.
        raw: What CSV holds; the text of its parts where it is `None`.
    """

    parts: tuple[Part, ...] = ()
    sort: float | int | None = None
    raw: str | None = None

    @property
    def text(self) -> str:
        """What CSV holds."""
        return self.raw if self.raw is not None else "; ".join(part.text for part in self.parts)

    def data(self, to: Callable[[str], str]) -> Any:
        """The cell as JSON data: 0 where it is empty, its parts, and what it is sorted by where that is a number."""
        parts = [part.data(to) for part in self.parts]
        if self.sort is not None:
            return [parts, self.sort]
        return parts[0] if len(parts) == 1 and isinstance(parts[0], str) else [parts] if parts else 0


class Row(NamedTuple):
    """One row; `key` names it in addresses where rows can be chosen."""

    cells: tuple[Cell, ...]
    key: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class HtmlTable:
    """A table.

    Attributes:
        id: Its anchor, and the name of its CSV file.
        caption: What it holds, for those who cannot see where it stands.
        noun: What one row is, in the plural.
        main: True where the address may speak of this table without naming it: the one table a page is about.
        chosen: True where rows can be chosen to be compared.
        named_by: Key of the column that names the row, the first one where it is empty.
        task: The task whose columns are shown before a reader chooses one; empty for none.
        stacked: True where its cells are sentences, which on a phone stand below each other.
    """

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: Sequence[Row]
    noun: str = "rows"
    main: bool = False
    chosen: bool = False
    named_by: str = ""
    task: str = ""
    stacked: bool = False

    @property
    def marks(self) -> tuple[ShownVerdict, ...]:
        """The verdicts that stand in it as marks without their words."""
        parts = (part for row in self.rows for cell in row.cells for part in cell.parts)
        verdict_marks = {part.verdict for part in parts if not part.spelt}
        return tuple(verdict for verdict in SHOWN_VERDICTS if verdict in verdict_marks)

    @property
    def csv_path(self) -> str:
        """Where its CSV is, from the site's root."""
        return f"csv/{self.id}.csv"

    @property
    def more_path(self) -> str | None:
        """Where the rows beyond those of the page are, `None` where there are none."""
        return f"assets/rows/{self.id}.js" if len(self.rows) > STATIC_ROWS else None

    def shows(self, column: Column) -> bool:
        """Whether a column is shown before a reader chooses."""
        return not column.folded and column.task in ("", self.task or NO_TASK)

    def more(self, to: Callable[[str], str]) -> str:
        """The rows that do not stand in the page, as the script that brings them."""
        rows = self.rows[STATIC_ROWS:]
        name_column = next((at for at, column in enumerate(self.columns) if column.key == self.named_by), 0)
        columns = [[row.cells[at].data(to) for row in rows] for at in range(len(self.columns))]
        data = packed(columns, [row.key for row in rows], name_column, to(OWN_PAGE))
        return f"(window.mirRows ??= {{}})[{json.dumps(self.id)}] = {data};\n"

    def csv(self) -> str:
        """The table as CSV with a header line; text that a spreadsheet would run as a formula is quoted for it."""
        return csv_text(
            [column.key for column in self.columns],
            (
                [
                    cell.text if column.number else inert(cell.text)
                    for column, cell in zip(self.columns, row.cells, strict=True)
                ]
                for row in self.rows
            ),
        )


def without_empty(columns: Sequence[Column], rows: Sequence[Row]) -> tuple[tuple[Column, ...], list[Row]]:
    """The columns that hold something in some row, and the rows cut to them."""
    return _cut(columns, rows, [at for at in range(len(columns)) if _filled(rows, at)])


def without_constant(
    columns: Sequence[Column], rows: Sequence[Row], trivial: Mapping[str, str]
) -> tuple[tuple[Column, ...], list[Row]]:
    """The columns without those that say the same trivial thing in every row, and the rows cut to them."""
    indexes = [
        at
        for at, column in enumerate(columns)
        if column.key not in trivial or any(row.cells[at].text != trivial[column.key] for row in rows)
    ]
    return _cut(columns, rows, indexes)


def _cut(
    columns: Sequence[Column], rows: Sequence[Row], indexes: Sequence[int]
) -> tuple[tuple[Column, ...], list[Row]]:
    return tuple(columns[at] for at in indexes), [
        row._replace(cells=tuple(row.cells[at] for at in indexes)) for row in rows
    ]


def _filled(rows: Sequence[Row], at: int) -> int:
    """How many rows hold something in a column."""
    return sum(bool(row.cells[at].parts) for row in rows)


def fold_sparse(columns: Sequence[Column], rows: Sequence[Row], share: float = 0.25) -> tuple[Column, ...]:
    """The columns, of which those that hold something in few rows are folded away."""
    least = share * len(rows)
    return tuple(
        replace(column, folded=True)
        if not column.always and column.task in ("", NO_TASK) and _filled(rows, at) < least
        else column
        for at, column in enumerate(columns)
    )


def unfold(
    columns: Sequence[Column], rows: Sequence[Row], keys: Sequence[str], enough: int, task: str = ""
) -> tuple[Column, ...]:
    """The columns, of which some that would be folded away are shown where few others are.

    Args:
        columns: The columns.
        rows: The rows.
        keys: Those that may be shown, the most telling first, where they hold something in a quarter of the rows.
        enough: How many columns are enough.
        task: The task that is chosen before a reader chooses one; empty for none.
    """
    missing = enough - sum(not column.folded and column.task in ("", task or NO_TASK) for column in columns)
    telling = {
        column.key
        for at, column in enumerate(columns)
        if column.key in keys and column.folded and 4 * _filled(rows, at) >= len(rows)
    }
    chosen = [key for key in keys if key in telling][: max(0, missing)]
    return tuple(replace(column, folded=False) if column.key in chosen else column for column in columns)


def text(value: str | None, *, to: str | None = None, url: str | None = None) -> Cell:
    """A cell of text, empty for `None`."""
    return Cell((Part(value, to=to, url=url),)) if value else Cell()


def texts(values: Iterable[tuple[str, str | None]]) -> Cell:
    """A cell of several texts, each with a page of the site."""
    return Cell(tuple(Part(value, to=to) for value, to in values))


def number(value: Decimal | float | None, kind: Kind, *, verdict: ShownVerdict | None = None) -> Cell:
    """A cell of one number, written short; CSV has it in full. A verdict stands beside it where one is given."""
    if value is None:
        return Cell()
    cell = printed(numbers.short(value, kind), value)
    return cell if verdict is None else cell._replace(parts=(*cell.parts, Part("", verdict=verdict)))


def printed(text: str, value: Decimal | float) -> Cell:
    """A cell of one number as it is printed elsewhere; CSV has its value."""
    return Cell((Part(text),), sort=float(value), raw=f"{value:f}" if isinstance(value, Decimal) else repr(value))


def whole(value: int) -> Cell:
    """A cell of how many there are of something, in full."""
    return Cell((Part(str(value)),), sort=value)


def spelt(verdict: ShownVerdict) -> Cell:
    """A cell of one verdict with its word, which a filter can choose."""
    return Cell((Part("", verdict=verdict, value=verdict, spelt=True),), raw=verdict)


def verdicts(tally: Mapping[ShownVerdict, int]) -> Cell:
    """A cell that counts claims by verdict, sorted by the share that was reproduced."""
    total = sum(tally.values())
    good = tally.get("reproduced", 0) + tally.get("within-tolerance", 0)
    return Cell(
        tuple(
            Part(str(tally[verdict]), verdict=verdict, value=verdict) for verdict in SHOWN_VERDICTS if verdict in tally
        ),
        sort=good / total if total else -1,
        raw="; ".join(f"{verdict} {tally[verdict]}" for verdict in SHOWN_VERDICTS if verdict in tally),
    )
