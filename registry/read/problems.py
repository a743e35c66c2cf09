"""Collects what a reader has to say about one block, each at its place, and no more of a kind than helps."""

from __future__ import annotations

from collections import Counter

from registry.read.ids import READING_RULES
from registry.read.limits import MAX_FINDINGS
from registry.types import Finding, Fix, Severity, Source


class Problems:
    """Findings about one source, in the order they were met."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.findings: list[Finding] = []
        self._counts: Counter[str] = Counter()

    def full(self, rule: str) -> bool:
        """Whether further findings of this rule would not be recorded."""
        return self._counts[rule] >= MAX_FINDINGS

    def add(
        self,
        rule: str,
        message: str,
        start: int = 0,
        end: int | None = None,
        *,
        path: str = "",
        hint: str = "",
        severity: Severity | None = None,
        fix: Fix | None = None,
        related: tuple[int, int] | None = None,
    ) -> None:
        """Record a finding at the characters `start` to `end`; `related` is another place that belongs to it.

        The severity is the rule's where none is given.
        """
        self._counts[rule] += 1
        if self._counts[rule] > MAX_FINDINGS:
            return
        self.findings.append(
            Finding(
                rule=rule,
                severity=severity or READING_RULES[rule].severity,
                message=message,
                location=self.source.location(start, end, path),
                hint=hint,
                fix=fix,
                related=() if related is None else (self.source.location(*related),),
            )
        )
