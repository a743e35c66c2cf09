"""What every format is given."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from registry.read.faults import OTHERS, fault
from registry.types import Finding, Index, Location


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """The findings of one run.

    Attributes:
        findings: In the order of the files and their lines.
        index: What was read; formats quote its sources.
        color: True where the output is a terminal that shows colours.
        quiet: Whether the last sentence, which counts the findings, is left out.
        files: Real paths of the files that findings are reported of; of all of them where it is `None`.
        accepted: How many findings a baseline accepts, which are not among them.
    """

    findings: Sequence[Finding]
    index: Index
    color: bool = False
    quiet: bool = False
    files: Collection[str] | None = None
    accepted: int = 0


Format = Callable[[Report], Iterator[str]]
"""Turns a report into text, piece by piece, so that a million findings never stand in memory as one text."""


def written(write: Callable[[Finding], str], finding: Finding) -> str:
    """A finding in a format; where writing it ends in an error that nobody foresaw, that of its file in its place."""
    try:
        return write(finding)
    except OTHERS:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a finding ends in, the others are still written
        problem = f"a finding of {finding.rule} could not be written"
        return write(fault(problem, error, Location(file=finding.location.file)))
