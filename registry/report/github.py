"""`github`: workflow commands, which GitHub Actions shows as annotations on the changed lines."""

from __future__ import annotations

from collections.abc import Iterator

from registry.report.plain import plain
from registry.report.report import Report, written
from registry.report.summary import summary
from registry.types import Finding

_LEVELS = {"error": "error", "warning": "warning", "info": "notice"}


def github(report: Report) -> Iterator[str]:
    """One `::error file=...::message` a line, then the summary; nothing where there is no finding."""
    for finding in report.findings:
        yield written(_command, finding) + "\n"
    if report.findings:
        yield summary(report) + "\n"


def _command(finding: Finding) -> str:
    place = finding.location
    properties: dict[str, object] = {"file": place.file, "line": place.line}
    end_line = place.end_line or place.line
    if end_line == place.line:
        # GitHub takes columns only where both ends stand on one line.
        properties |= {"col": place.column, "endColumn": place.end_column or place.column}
    properties |= {"endLine": end_line, "title": finding.rule}
    said = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    message = f"{finding.message} ({finding.hint})" if finding.hint else finding.message
    return f"::{_LEVELS[finding.severity]} {said}::{_data(message)}"


def _data(text: str) -> str:
    """A message, escaped as the runner unescapes it (`ActionCommand.cs` in actions/runner)."""
    return plain(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
