"""What every format is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from registry.types import Finding, Index


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """The findings of one run.

    Attributes:
        findings: In the order of the files and their lines.
        index: What was read; formats quote its sources.
        color: True where the output is a terminal that shows colours.
    """

    findings: Sequence[Finding]
    index: Index
    color: bool = False


Format = Callable[[Report], Iterator[str]]
"""Turns a report into text, piece by piece, so that a million findings never stand in memory as one text."""
