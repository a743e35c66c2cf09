"""`rdjson`: Reviewdog's diagnostic format, which it posts as comments to any code host."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from registry.report.jsonlist import objects
from registry.report.output import rule_address
from registry.report.report import Report
from registry.types import Finding, Index, Location

_SEVERITIES = {"error": "ERROR", "warning": "WARNING", "info": "INFO"}


def rdjson(report: Report) -> Iterator[str]:
    """A `DiagnosticResult` of https://github.com/reviewdog/reviewdog/tree/master/proto/rdf; repairs are suggestions.

    Columns count UTF-8 bytes from 1, as that format has them.
    """
    columns = _Columns(report.index)
    yield '{"source": {"name": "mir"}, "diagnostics": ['
    yield from objects(report, lambda finding, _: _diagnostic(finding, columns))
    yield "\n]}\n" if report.findings else "]}\n"


class _Columns:
    """Columns in bytes. A file can be one line of millions of characters with thousands of findings."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self._last: tuple[str, int, int, int] = ("", 0, 1, 1)

    def of(self, file: str, line: int, column: int) -> int:
        """The column, from 1, of a column in characters; findings come in the order of their places."""
        source = self.index.sources.get(file)
        if source is None or source.text.isascii():
            return column
        known_file, known_line, last_column, counted = self._last
        if (file, line) != (known_file, known_line) or last_column > column:
            last_column = counted = 1
        text = source.line(line)[last_column - 1 : column - 1]
        counted += len(text.encode("utf-8", "replace"))
        self._last = (file, line, column, counted)
        return counted


def _diagnostic(finding: Finding, columns: _Columns) -> dict[str, Any]:
    place, index = finding.location, columns.index
    diagnostic: dict[str, Any] = {
        "message": f"{finding.message}\n{finding.hint}" if finding.hint else finding.message,
        "location": {"path": place.file, "range": _range(place, columns)},
        "severity": _SEVERITIES[finding.severity],
        "code": {"value": finding.rule, "url": rule_address(finding.rule)},
    }
    if finding.fix is not None and all(
        edit.file == place.file and edit.file in index.sources for edit in finding.fix.edits
    ):
        source = index.sources[place.file]
        diagnostic["suggestions"] = [
            {"range": _range(source.location(edit.start, edit.end), columns), "text": edit.text}
            for edit in finding.fix.edits
        ]
    return diagnostic


def _range(place: Location, columns: _Columns) -> dict[str, Any]:
    def at(line: int, column: int) -> dict[str, int]:
        return {"line": line, "column": columns.of(place.file, line, column)}

    region: dict[str, Any] = {"start": at(place.line, place.column)}
    if place.end_column is not None:
        region["end"] = at(place.end_line or place.line, place.end_column)
    return region
