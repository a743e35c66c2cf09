"""For people: the place, the sentence, the line with carets under the exact range, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from registry.report.excerpt import excerpt
from registry.report.printable import plain
from registry.report.report import Report, written
from registry.report.summary import summary
from registry.types import Finding

_COLORS = {"error": "red", "warning": "yellow", "info": "blue"}

_RELATED = 5
"""Other places of one finding that are named; machines get them all."""


def text(report: Report) -> Iterator[str]:
    """One paragraph for each finding, then a summary; nothing where there is no finding."""
    for finding in report.findings:
        yield written(lambda each: "\n".join(_lines(each, report)) + "\n\n", finding)
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
    shown, carets = excerpt(line, place.column, end)
    if shown.strip():
        bar = paint("|", fg="blue")
        yield f"{gutter} {bar}"
        yield f"{paint(str(place.line), fg='blue')} {bar} {shown}"
        yield f"{gutter} {bar} {paint(carets, fg=color, bold=True)}"
    notes = [("hint", finding.hint)] if finding.hint else []
    if finding.fix is not None:
        notes.append(("fix", finding.fix.description))
    notes += [("see", str(related)) for related in finding.related[:_RELATED]]
    if len(finding.related) > _RELATED:
        notes.append(("see", f"and {len(finding.related) - _RELATED} more"))
    for label, note in notes:
        yield f"{gutter} {paint('=', fg='blue')} {paint(label, bold=True)}: {plain(note)}"
