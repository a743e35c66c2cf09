"""`rdjson`: Reviewdog's diagnostic format, which it posts as comments to any code host."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from registry.report.jsonlist import dumps
from registry.report.page import rule_page
from registry.report.report import Report, written
from registry.types import Finding, Index, Location

_SEVERITIES = {"error": "ERROR", "warning": "WARNING", "info": "INFO"}


def rdjson(report: Report) -> Iterator[str]:
    """A `DiagnosticResult` of https://github.com/reviewdog/reviewdog/tree/master/proto/rdf; repairs are suggestions.

    Columns count UTF-8 bytes from 1, as that format has them.
    """
    yield '{"source": {"name": "mir"}, "diagnostics": ['
    for number, finding in enumerate(report.findings):
        yield ("," if number else "") + "\n" + written(partial(_text, index=report.index), finding)
    yield "\n]}\n" if report.findings else "]}\n"


def _text(finding: Finding, *, index: Index) -> str:
    return dumps(_diagnostic(finding, index))


def _diagnostic(finding: Finding, index: Index) -> dict[str, Any]:
    place = finding.location
    diagnostic: dict[str, Any] = {
        "message": f"{finding.message}\n{finding.hint}" if finding.hint else finding.message,
        "location": {"path": place.file, "range": _range(place, index)},
        "severity": _SEVERITIES[finding.severity],
        "code": {"value": finding.rule, "url": rule_page(finding.rule)},
    }
    if finding.fix is not None and all(
        edit.file == place.file and edit.file in index.sources for edit in finding.fix.edits
    ):
        source = index.sources[place.file]
        diagnostic["suggestions"] = [
            {"range": _range(source.location(edit.start, edit.end), index), "text": edit.text}
            for edit in finding.fix.edits
        ]
    return diagnostic


def _range(place: Location, index: Index) -> dict[str, Any]:
    source = index.sources.get(place.file)

    def at(line: int, column: int) -> dict[str, int]:
        before = "" if source is None else source.line(line)[: column - 1]
        return {"line": line, "column": len(before.encode("utf-8", "replace")) + 1}

    region: dict[str, Any] = {"start": at(place.line, place.column)}
    if place.end_column is not None:
        region["end"] = at(place.end_line or place.line, place.end_column)
    return region
