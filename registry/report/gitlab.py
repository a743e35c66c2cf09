"""`gitlab`: a code quality report, which GitLab shows in merge requests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from registry.report.jsonlist import objects
from registry.report.report import Report
from registry.types import Finding

_SEVERITIES = {"error": "major", "warning": "minor", "info": "info"}


def gitlab(report: Report) -> Iterator[str]:
    """A JSON list in the form of https://docs.gitlab.com/ci/testing/code_quality/; a fingerprint is unique in it."""
    yield "["
    yield from objects(report, _entry)
    yield "\n]\n" if report.findings else "]\n"


def _entry(finding: Finding, fingerprint: str) -> dict[str, Any]:
    place = finding.location
    # GitLab takes two findings of one fingerprint for one, so the file goes in.
    unique = hashlib.sha256(f"{place.file}\0{fingerprint}".encode("utf-8", "surrogatepass")).hexdigest()
    return {
        "description": f"{finding.message} ({finding.hint})" if finding.hint else finding.message,
        "check_name": finding.rule,
        "fingerprint": unique,
        "severity": _SEVERITIES[finding.severity],
        "location": {
            "path": place.file.removeprefix("./"),
            "lines": {"begin": place.line, "end": place.end_line or place.line},
        },
    }
