"""`markdown`: a summary for a job's page or a comment, such as `$GITHUB_STEP_SUMMARY`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from registry.report.output import plain, rule_address
from registry.report.report import Report, written
from registry.report.summary import clean, summary
from registry.types import SEVERITIES, Finding

_MOST = 100
"""Findings in the table: GitHub cuts a summary off at 1 MiB, and nobody reads more."""


def markdown_summary(report: Report) -> Iterator[str]:
    """One sentence, and a table of the worst findings."""
    if not report.findings:
        yield f"{clean(report)}\n"
        return
    yield f"{summary(report)}\n\n| | Where | Rule | What |\n|---|---|---|---|\n"
    worst = sorted(report.findings, key=lambda finding: SEVERITIES.index(finding.severity))
    for finding in worst[:_MOST]:
        yield written(_row, finding)
    if len(worst) > _MOST:
        yield f"\nAnd {len(worst) - _MOST} more.\n"


def _row(finding: Finding) -> str:
    place = finding.location
    rule = f"[{finding.rule}]({rule_address(finding.rule)})"
    return f"| {finding.severity} | {_cell(f'{place.file}:{place.line}')} | {rule} | {_cell(finding.message)} |\n"


def _cell(text: str) -> str:
    """Text that means nothing to Markdown, HTML or whoever is mentioned in it."""
    return re.sub(r"([\\`*_{}\[\]<>()#+!|~&@:])", lambda match: f"&#{ord(match[1])};", plain(text))
