"""Repairs, worked out in memory until nothing is left to repair: one can uncover another."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from registry.checks.fixes import apply
from registry.types import Finding, Index, Source

_PASSES = 10
"""Repairs that go on for longer would never end, and be a mistake of ours."""

Check = Callable[[Mapping[str, bytes]], tuple[Index, list[Finding]]]
"""Loads and checks with some texts in place of what is on disk, by real path."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Repaired:
    """What is left after all repairs.

    Attributes:
        index: The cards as repaired.
        findings: What is still wrong with them.
        changes: Each file that changes as it was read, and its new text.
    """

    index: Index
    findings: list[Finding]
    changes: tuple[tuple[Source, str], ...]


def repair(index: Index, findings: Sequence[Finding], contents: Mapping[str, bytes], check: Check) -> Repaired:
    """Repair what the findings say how to, and check again; nothing is written.

    Args:
        index: What was checked.
        findings: What was found.
        contents: What it was checked with in place of files.
        check: Checks again.
    """
    contents = dict(contents)
    left = list(findings)
    before: dict[str, Source] = {}
    after: dict[str, str] = {}
    for _ in range(_PASSES):
        texts = apply(left, index.sources)
        if not texts:
            break
        for file, text in texts.items():
            before.setdefault(file, index.sources[file])
            after[file] = text
            contents[os.path.realpath(file)] = text.encode()
        index, left = check(contents)
    changes = tuple((before[file], text) for file, text in sorted(after.items()) if text != before[file].text)
    return Repaired(index=index, findings=left, changes=changes)
