"""Applying repairs to text: every other byte stays as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from registry.types import Edit, Finding, Source


def apply(findings: Iterable[Finding], sources: Mapping[str, Source]) -> dict[str, str]:
    """The new text of every file that the findings' repairs change.

    A repair applies as a whole or not at all: one that touches what an earlier one has changed is left out, and is
    found again when the new text is checked. So everything is repaired by applying until nothing more is found.

    Args:
        findings: Those to repair; those without a repair are passed over.
        sources: Every file that was read, by its shown name.
    """
    accepted: dict[str, list[Edit]] = {}
    for finding in findings:
        if finding.fix is None or any(edit.file not in sources for edit in finding.fix.edits):
            continue
        fresh = [edit for edit in finding.fix.edits if edit not in accepted.get(edit.file, ())]
        if any(_touches(edit, other) for edit in fresh for other in accepted.get(edit.file, ())):
            continue
        for edit in fresh:
            accepted.setdefault(edit.file, []).append(edit)
    return {
        file: text
        for file, edits in accepted.items()
        if (text := _edit(sources[file].text, edits)) != sources[file].text
    }


def _touches(one: Edit, other: Edit) -> bool:
    if one.start == other.start:
        return True
    first, second = (one, other) if one.start < other.start else (other, one)
    return second.start < first.end


def _edit(text: str, edits: Iterable[Edit]) -> str:
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text
