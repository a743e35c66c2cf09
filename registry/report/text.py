"""For people: the place, the sentence, the line with carets under the exact range, and what to do."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

import click

from registry.report.output import plain
from registry.report.report import Report, written
from registry.report.summary import summary
from registry.types import Finding

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
    pieces = ["..."] if begin else []
    cells = len("...") if begin else 0
    start = end = None
    for at in range(begin, cut):
        if at == first:
            start = cells
        if at == last:
            end = cells
        text = " " * (_TAB - cells % _TAB) if line[at] == "\t" else plain(line[at])
        pieces.append(text)
        cells += sum(map(_cells, text))
    start = cells if start is None else start
    end = cells if end is None else end
    if cut < len(line):
        pieces.append("...")
    # Single characters cannot show a command that only several of them together make.
    return plain("".join(pieces)), " " * start + "^" * max(1, end - start)


def _cells(char: str) -> int:
    """How many columns of a terminal a printed character takes."""
    if char.isascii():
        return 1
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


_COLORS = {"error": "red", "warning": "yellow", "info": "blue"}

_RELATED = 5
"""Other places of one finding that are named; machines get them all."""


def text(report: Report) -> Iterator[str]:
    """One paragraph for each finding, then a summary; nothing where there is no finding."""
    for finding in report.findings:
        yield written(lambda finding: "\n".join(_lines(finding, report)) + "\n\n", finding)
    if report.findings and not report.quiet:
        yield summary(report) + "\n"


def _lines(finding: Finding, report: Report) -> Iterator[str]:
    def paint(words: str, **style: Any) -> str:
        return click.style(words, **style) if report.color else words

    place, color = finding.location, _COLORS[finding.severity]
    severity = paint(finding.severity, fg=color, bold=True)
    yield f"{paint(plain(str(place)), bold=True)}: {finding.rule} {severity}: {plain(finding.message)}"
    source = report.index.sources.get(place.file)
    line = "" if source is None else source.line(place.line)
    gutter = " " * len(str(place.line))
    spans = place.end_line is not None and place.end_line > place.line
    end = place.end_column if place.end_column and not spans else place.column + 1
    source_text, carets = excerpt(line, place.column, end)
    if source_text.strip():
        bar = paint("|", fg="blue")
        yield f"{gutter} {bar}"
        yield f"{paint(str(place.line), fg='blue')} {bar} {source_text}"
        yield f"{gutter} {bar} {paint(carets, fg=color, bold=True)}"
    notes = [("hint", finding.hint)] if finding.hint else []
    if finding.fix is not None:
        notes.append(("fix", finding.fix.description))
    notes += [("see", str(related)) for related in finding.related[:_RELATED]]
    if len(finding.related) > _RELATED:
        notes.append(("see", f"and {len(finding.related) - _RELATED} more"))
    for label, note in notes:
        yield f"{gutter} {paint('=', fg='blue')} {paint(label, bold=True)}: {plain(note)}"
