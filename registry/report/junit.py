"""`junit`: XML that CI servers show as test results; a file is a suite, a finding a failed test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import groupby

from registry.report.output import plain
from registry.report.report import Report, written
from registry.types import Finding


def junit(report: Report) -> Iterator[str]:
    """A `testsuites` document; a file without findings is a suite of one test that passes.

    Attributes and order satisfy both schemas in use: that of Ant and that of Jenkins' xunit plugin.
    """
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n'
    number = 0
    for file, findings in groupby(report.findings, key=lambda finding: finding.location.file):
        yield from _suite(number, file, tuple(findings), now)
        number += 1
    reported_files = {finding.location.file for finding in report.findings}
    for file in report.index.sources:
        if file not in reported_files:
            yield from _suite(number, file, (), now)
            number += 1
    yield "</testsuites>\n"


def _suite(number: int, file: str, findings: Sequence[Finding], now: str) -> Iterator[str]:
    counts = Counter(finding.severity for finding in findings)
    failures, skipped = counts["error"] + counts["warning"], counts["info"]
    name = _attribute(file)
    yield (
        f'<testsuite id="{number}" name={name} package="mir" hostname="localhost" timestamp="{now}" time="0" '
        f'tests="{max(1, len(findings))}" failures="{failures}" errors="0" skipped="{skipped}">\n<properties/>\n'
    )
    if not findings:
        yield f'<testcase name="check" classname={name} time="0"/>\n'
    for finding in findings:
        yield written(partial(_case, classname=name), finding)
    yield "<system-out/>\n<system-err/>\n</testsuite>\n"


def _case(finding: Finding, classname: str) -> str:
    place = finding.location
    title = _attribute(f"{finding.rule} {place.line}:{place.column} {place.path}")
    message = _attribute(finding.message)
    body = _escape(f"{place}: {finding.rule} {finding.severity}: {finding.message}")
    if finding.hint:
        body += f"\n{_escape(finding.hint)}"
    if finding.severity == "info":
        verdict = f"<skipped message={message}/>"
    else:
        verdict = f'<failure type="{finding.rule}" message={message}>{body}</failure>'
    return f'<testcase name={title} classname={classname} time="0">{verdict}</testcase>\n'


def _escape(text: str) -> str:
    # `xml.sax.saxutils` would do, but it imports urllib, which takes longer than to check a card.
    return plain(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _attribute(text: str) -> str:
    return f'"{_escape(text).replace(chr(34), "&quot;")}"'
