"""The last line: how many findings of which severity, in how many files, and how many can be repaired."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from registry.checks import RULES
from registry.numbers import counted
from registry.report.report import Report
from registry.types import SEVERITIES


def summary(report: Report) -> str:
    """One sentence, empty where there is no finding.

    Such as `Found 3 errors and 1 warning in 2 of 84 files; 1 of them can be repaired with --fix.`
    """
    if not report.findings:
        return ""
    counts = Counter(finding.severity for finding in report.findings)
    parts = [counted(counts[severity], _NOUNS[severity]) for severity in SEVERITIES if counts[severity]]
    amounts = " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))
    files = len({finding.location.file for finding in report.findings})
    read = len(report.index.sources)
    where = f"{files} of {counted(read, 'file')}" if read >= files else counted(files, "file")
    fixable = sum(1 for finding in report.findings if finding.fix is not None)
    repair = f"; {fixable} of them can be repaired with --fix" if fixable else ""
    beside = f" The baseline accepts {report.accepted} more." if report.accepted else ""
    return f"Found {amounts} in {where}{repair}.{beside}"


def clean(report: Report) -> str:
    """What a run without findings says, such as `12 models in 3 files, no findings.`."""
    models = sum(len(card.models) for card in report.index.cards)
    read = len(report.index.sources)
    result = f"no findings but {report.accepted} that the baseline accepts" if report.accepted else "no findings"
    return f"{counted(models, 'model')} in {counted(read, 'file')}, {result}."


def statistics(report: Report) -> Iterator[str]:
    """How many findings each rule has, the most first, one rule a line."""
    counts = Counter(finding.rule for finding in report.findings)
    fixable = Counter(finding.rule for finding in report.findings if finding.fix is not None)
    for rule, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        repair = f" ({fixable[rule]} with --fix)" if fixable[rule] else ""
        yield f"{count:>6}  {rule} {RULES[rule].name}{repair}\n"


_NOUNS = {"error": "error", "warning": "warning", "info": "remark"}
