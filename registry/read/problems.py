"""Collects what a reader has to say about one block, each at its place, and no more of a kind than helps."""

from __future__ import annotations

from collections import Counter
from typing import Final

from registry.read.ids import READING_RULES
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


MAX_BYTES: Final = 16 * 2**20
"""Bytes of one file. Ten thousand models in one YAML file take about 8 MB."""

MAX_DEPTH: Final = 100
"""Mappings and sequences inside each other. Real cards have fewer than ten."""

NESTED_TOO_DEEP: Final = f"mappings and lists are nested more than {MAX_DEPTH} deep; nothing of it is read"
"""What is said of more, whoever notices first: the reader or libyaml."""

MAX_KEY: Final = 200
"""Characters of one key."""

MAX_PATH: Final = 1000
"""Characters of the keys that lead to a value: every finding and field carries them."""

MAX_VALUES: Final = 500_000
"""Values of one document, collections included. Ten thousand models have some 300 000."""

MAX_EXPANSION: Final = 100_000
"""Nodes that the aliases and merge keys of one document may stand for, together."""

MAX_INHERITED: Final = 4_000_000
"""Values that all models of an index may take over from their collections: so many that each has a hundred of them in a
zoo of forty thousand models."""

MAX_FINDINGS: Final = 100
"""Findings of one kind in one block; after so many the rest says nothing new."""

MAX_FILES: Final = 20_000
"""Files that one index may bring in."""
