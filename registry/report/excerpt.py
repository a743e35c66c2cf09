"""The line that a finding is about, and the carets under it."""

from __future__ import annotations

import unicodedata

from registry.report.printable import plain

_TAB = 4
_WIDTH = 120
_BEFORE = 40


def excerpt(line: str, column: int, end_column: int) -> tuple[str, str]:
    r"""A source line as it is printed, and the line of carets that goes below it.

    Tabs become spaces up to the next of every four cells, wide characters count two cells and combining ones none,
    so that the carets stand under the text in a terminal. Of a long line only the part around the start is shown.

    Args:
        line: The line without its line end.
        column: First character of the range, from 1.
        end_column: Past its last character.

    >>> excerpt("\tname: 模型 x", 8, 10)
    ('    name: 模型 x', '          ^^^^')
    """
    first, last = column - 1, end_column - 1
    begin, cut = 0, len(line)
    if cut > _WIDTH:
        begin = max(0, first - _BEFORE)
        cut = min(cut, begin + _WIDTH)
    shown = ["..."] if begin else []
    cells = len("...") if begin else 0
    start = end = None
    for at in range(begin, cut):
        if at == first:
            start = cells
        if at == last:
            end = cells
        text = " " * (_TAB - cells % _TAB) if line[at] == "\t" else plain(line[at])
        shown.append(text)
        cells += sum(map(_cells, text))
    start = cells if start is None else start
    end = cells if end is None else end
    if cut < len(line):
        shown.append("...")
    # Single characters cannot show a command that only several of them together make.
    return plain("".join(shown)), " " * start + "^" * max(1, end - start)


def _cells(char: str) -> int:
    """How many columns of a terminal a printed character takes."""
    if char.isascii():
        return 1
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
