"""`github`: workflow commands, which GitHub Actions shows as annotations on the changed lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from registry.report.output import plain
from registry.report.report import Report, written
from registry.report.summary import summary
from registry.types import SEVERITIES, Finding

_SHOWN = 10
_LEVELS = {"error": "error", "warning": "warning", "info": "notice"}


def github(report: Report) -> Iterator[str]:
    """One `::error file=...::message` a line, then the summary; nothing where there is no finding.

    GitHub shows ten annotations of a level for each step and drops the others without a word, so that is said.
    """
    for finding in report.findings:
        yield written(_command, finding) + "\n"
    if report.findings and not report.quiet:
        yield summary(report) + "\n"
    levels = Counter(finding.severity for finding in report.findings)
    cut = [f"{levels[severity] - _SHOWN} {_LEVELS[severity]}s" for severity in SEVERITIES if levels[severity] > _SHOWN]
    if cut:
        yield f"GitHub shows {_SHOWN} annotations a level: {', '.join(cut)} stand only in this log.\n"


def _command(finding: Finding) -> str:
    place = finding.location
    properties: dict[str, object] = {"file": place.file, "line": place.line}
    end_line = place.end_line or place.line
    if end_line == place.line:
        # GitHub takes columns only where both ends stand on one line.
        properties |= {"col": place.column, "endColumn": place.end_column or place.column}
    properties |= {"endLine": end_line, "title": finding.rule}
    parameters = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    message = f"{finding.message} ({finding.hint})" if finding.hint else finding.message
    return f"::{_LEVELS[finding.severity]} {parameters}::{_data(message)}"


def _data(text: str) -> str:
    """A message, escaped as the runner unescapes it (`ActionCommand.cs` in actions/runner)."""
    return plain(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
