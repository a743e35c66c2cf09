"""What commands say on standard error, beside what they print."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from registry.download.hub_address import at_hub
from registry.types import Finding, Index

if TYPE_CHECKING:
    from registry.evidence import EvidenceProblem


def tell(message: str) -> None:
    """Say something that may quote somebody else's words."""
    from registry.report.output import plain  # what most commands end without

    click.echo(plain(message), err=True)


def warn(message: str) -> None:
    """Say what is not as it should be, and ends nothing."""
    tell(f"mir: warning: {message}")


def tell_findings(findings: Iterable[Finding]) -> bool:
    """Name findings with their places; whether there was one."""
    named_findings = list(findings)
    for finding in named_findings:
        tell(f"{at_hub(finding.location)}: {finding.rule} {finding.message}")
    return bool(named_findings)


def tell_unread(index: Index) -> bool:
    """Name the errors of reading cards; whether there was one."""
    return tell_findings(finding for finding in index.findings if finding.severity == "error")


def tell_problems(problems: Iterable[EvidenceProblem]) -> int:
    """Name the files that are no evidence; the exit code that follows."""
    named_problems = list(problems)
    for problem in named_problems:
        tell(f"mir: {problem}")
    return int(bool(named_problems))
