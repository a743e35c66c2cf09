"""`json`: a list of objects, one finding a line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from registry.report.fingerprint import fingerprints
from registry.report.report import Report, written
from registry.types import Finding, Location
from registry.types.safe_text import safe_text


def jsonlist(report: Report) -> Iterator[str]:
    """A JSON list; lines and columns count from 1, in characters, and `end_column` is past the last one."""
    yield "["
    yield from objects(report, _finding)
    yield "\n]\n" if report.findings else "]\n"


def objects(report: Report, of: Callable[[Finding, str], dict[str, Any]]) -> Iterator[str]:
    """The entries of a JSON list, one finding a line.

    Args:
        report: The findings.
        of: From a finding and its fingerprint to its entry.
    """
    for number, (finding, fingerprint) in enumerate(zip(report.findings, fingerprints(report), strict=True)):
        yield f"{',' if number else ''}\n{written(partial(_entry, of, fingerprint), finding)}"


def _entry(of: Callable[[Finding, str], dict[str, Any]], fingerprint: str, finding: Finding) -> str:
    return dumps(of(finding, fingerprint))


def dumps(value: Any) -> str:
    """JSON in ASCII that every reader takes: a half of a surrogate pair becomes a question mark."""
    text = json.dumps(value, ensure_ascii=False)
    return text if text.isascii() else json.dumps(json.loads(text.encode("utf-8", "replace")))


def _finding(finding: Finding, fingerprint: str) -> dict[str, Any]:
    fix = finding.fix
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "message": finding.message,
        **_place(finding.location),
        "hint": finding.hint,
        "fixable": fix is not None,
        "fix": None
        if fix is None
        else {
            "description": fix.description,
            "edits": [
                {"file": edit.file, "start": edit.start, "end": edit.end, "text": edit.text} for edit in fix.edits
            ],
        },
        "related": [_place(related) for related in finding.related],
        "fingerprint": fingerprint,
    }


def _place(place: Location) -> dict[str, Any]:
    return {
        "path": safe_text(place.path),
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
    }
