"""Tables that fit the terminal: texts are folded, columns dropped, reasons put below; a number is never broken."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from registry.lazy_regex import lazy_regex

LOG_WIDTH = 160
"""Columns of a log, which has no width of its own; eighty would break every reason into shreds."""

_GAP = 2
_PIECES = lazy_regex(r"[^\W_]*\d(?:[.,]\d+)+%?|[^\s_./:-]*[_./:-]+|[^\s_./:-]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class TerminalColumn:
    """One column.

    Attributes:
        name: What stands above it.
        right: Numbers stand to the right.
        least: Columns that its texts may be folded to; 0 where they are never folded.
        most: Columns that it never exceeds.
        drop: Where the table is too wide, columns with the largest number go first; 0 stays.
        group: What is the same as in the row above is not said again, and stands above its rows where there is no room.
        below: It stands below its row, where there is no room beside it.
        style: Colours a cell.
    """

    name: str
    right: bool = False
    least: int = 0
    most: int = LOG_WIDTH
    drop: int = 0
    group: bool = False
    below: bool = False
    style: Callable[[str], str] = str


def terminal_width() -> int:
    """Columns of the terminal; of a log, where there is none and `COLUMNS` does not say."""
    if sys.stdout.isatty() or os.environ.get("COLUMNS", "").isdigit():
        return max(20, shutil.get_terminal_size().columns)
    return LOG_WIDTH


def lay_out(
    columns: Sequence[TerminalColumn], rows: Sequence[Sequence[str]], width: int, *, rule: bool = True
) -> list[str]:
    r"""The lines of a table.

    Args:
        columns: Its columns.
        rows: Texts without line breaks, one for each column.
        width: Columns that there are.
        rule: Draw a line below the names.

    >>> columns = [TerminalColumn(name="Model", least=8), TerminalColumn(name="Count", right=True)]
    >>> print(*lay_out(columns, [["a_long_name", "23602790"]], 20), sep="\n")
    Model          Count
    ────────────────────
    a_long_     23602790
    name
    """
    indices = list(range(len(columns)))
    while sum(_natural(columns, rows, indices)) + _GAP * (len(indices) - 1) > width:
        last = max(indices, key=lambda at: (columns[at].drop, at))
        if not columns[last].drop:
            break
        indices.remove(last)
    columns, rows = [columns[at] for at in indices], [[row[at] for at in indices] for row in rows]
    widths = _folded(columns, _natural(columns, rows, range(len(columns))), width)
    if widths is not None:
        return list(_table(columns, rows, widths, rule=rule))
    beside = [at for at, column in enumerate(columns) if not (column.group or column.below)]
    if len(beside) < len(columns):
        narrow = [columns[at] for at in beside]
        widths = _folded(narrow, _natural(columns, rows, beside), width - _GAP)
        if widths is not None:
            return list(_narrow(columns, rows, beside, widths, width))
    return list(_blocks(columns, rows, width))


def _natural(columns: Sequence[TerminalColumn], rows: Sequence[Sequence[str]], indices: Sequence[int]) -> list[int]:
    """How wide each column is by itself."""
    widths = []
    for at in indices:
        widest = max(map(_width, (columns[at].name, *(row[at] for row in rows))))
        widths.append(min(widest, max(columns[at].most, _width(columns[at].name))) if columns[at].least else widest)
    return widths


def _folded(columns: Sequence[TerminalColumn], natural: Sequence[int], width: int) -> list[int] | None:
    """Widths that fit, the widest texts folded first; `None` where there are none."""
    widths = list(natural)
    least = [
        min(own, max(column.least, _width(column.name))) if column.least else own
        for column, own in zip(columns, natural, strict=True)
    ]
    over = sum(widths) + _GAP * (len(widths) - 1) - width
    while over > 0:
        wide = [at for at in range(len(widths)) if widths[at] > least[at]]
        if not wide:
            return None
        widest = max(wide, key=lambda at: widths[at])
        widths[widest] -= 1
        over -= 1
    return widths


def _table(
    columns: Sequence[TerminalColumn], rows: Sequence[Sequence[str]], widths: Sequence[int], *, rule: bool
) -> Iterator[str]:
    yield _line([column.name for column in columns], columns, widths, styled=False)
    if rule:
        yield "─" * (sum(widths) + _GAP * (len(widths) - 1))
    before: Sequence[str] = ()
    for row in rows:
        cells = [
            "" if column.group and before and before[at] == row[at] else row[at] for at, column in enumerate(columns)
        ]
        yield from _lines(cells, columns, widths)
        before = row


def _narrow(
    columns: Sequence[TerminalColumn],
    rows: Sequence[Sequence[str]],
    beside: Sequence[int],
    widths: Sequence[int],
    width: int,
) -> Iterator[str]:
    """Groups as headings, and below each row what does not fit beside it."""
    narrow = [columns[at] for at in beside]
    groups = [at for at, column in enumerate(columns) if column.group]
    below = [at for at, column in enumerate(columns) if column.below]
    before: list[str] | None = None
    for row in rows:
        group = [row[at] for at in groups]
        if groups and group != before:
            yield from fold(" ".join(filter(None, group)), width)
            before = group
        for line in _lines([row[at] for at in beside], narrow, widths):
            yield f"  {line}"
        for at in below:
            for line in fold(row[at], width - 2 * _GAP) if row[at] else ():
                yield f"    {line}"


def _blocks(columns: Sequence[TerminalColumn], rows: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    """A line for each cell."""
    for row in rows:
        for at, (column, cell) in enumerate(zip(columns, row, strict=True)):
            if cell:
                first, *more = fold(f"{column.name}: {cell}", max(width - _GAP, 1))
                yield f"{'  ' * bool(at)}{first}"
                yield from (f"    {line}" for line in more)


def _lines(row: Sequence[str], columns: Sequence[TerminalColumn], widths: Sequence[int]) -> Iterator[str]:
    cells = [
        fold(cell, own) if column.least else [cell] for cell, column, own in zip(row, columns, widths, strict=True)
    ]
    for at in range(max(map(len, cells))):
        yield _line([cell[at] if at < len(cell) else "" for cell in cells], columns, widths)


def _line(row: Sequence[str], columns: Sequence[TerminalColumn], widths: Sequence[int], *, styled: bool = True) -> str:
    cells = []
    for cell, column, own in zip(row, columns, widths, strict=True):
        padding = " " * (own - _width(cell))
        styled_cell = column.style(cell) if styled and cell else cell
        cells.append(f"{padding}{styled_cell}" if column.right else f"{styled_cell}{padding}")
    return (" " * _GAP).join(cells).rstrip()


def fold(text: str, width: int) -> list[str]:
    """A text in lines, broken at spaces, and within a word only where that is longer than a line.

    >>> fold("the file ILSVRC2012_img_val.tar", 22), fold("a1_in1k.of_4.11_GMACs", 12)
    (['the file', 'ILSVRC2012_img_val.tar'], ['a1_in1k.of_', '4.11_GMACs'])
    """
    lines = [""]
    for word in text.split(" ") if _width(text) > width else [text]:
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if _width(joined) <= width:
            lines[-1] = joined
            continue
        first, *more = _broken(word, width)
        lines += [first, *more]
    return [line.rstrip() for line in lines if line] or [""]


def _broken(word: str, width: int) -> list[str]:
    """A word in parts that fit, broken behind separators but in no number, else anywhere."""
    parts = [""]
    for piece in _PIECES.findall(word):
        if _width(parts[-1] + piece) > width and parts[-1]:
            parts.append("")
        at = 0
        while len(piece) - at > width or _width(piece[at:]) > width:
            cut = next((most for most in range(width, 0, -1) if _width(piece[at : at + most]) <= width), 1)
            parts[-1] = piece[at : at + cut]
            parts.append("")
            at += cut
        parts[-1] += piece[at:]
    return [part for part in parts if part] or [""]


def _width(text: str) -> int:
    """Columns that a text takes in a terminal."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # only for what is not plain

    return cell_len(text)
