"""`sarif`: SARIF 2.1.0, which code-scanning services read."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import quote

from registry import __version__
from registry.checks import RULES
from registry.report.jsonlist import dumps, objects
from registry.report.output import HOME, rule_address
from registry.report.report import Report
from registry.types import Edit, Finding, Fix, Index, Location
from registry.types.safe_text import safe_text

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_ROOT = "%SRCROOT%"


def sarif(report: Report) -> Iterator[str]:
    """One run with one result for each finding, and the rules that were broken with their documentation."""
    order = {rule: number for number, rule in enumerate(sorted({finding.rule for finding in report.findings}))}
    driver = {
        "name": "mir",
        "informationUri": HOME,
        "semanticVersion": __version__,
        "rules": [_rule(rule) for rule in order],
    }
    base = {_ROOT: {"description": {"text": "The folder that mir was run in."}}}
    yield f'{{"$schema": {dumps(_SCHEMA)}, "version": "2.1.0", "runs": [{{"tool": {{"driver": {dumps(driver)}}}, '
    yield f'"columnKind": "unicodeCodePoints", "originalUriBaseIds": {dumps(base)}, "results": ['
    yield from objects(report, partial(_result, index=report.index, order=order))
    yield "\n]}]}\n"


def _rule(name: str) -> dict[str, Any]:
    rule = RULES[name]
    docs = rule.docs
    examples = [f"{label}:\n\n```yaml\n{card}\n```" for label, card in (("Bad", docs.bad), ("Good", docs.good))]
    return {
        "id": rule.id,
        "name": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": docs.what},
        "helpUri": rule_address(rule.id),
        "help": {"text": f"{docs.what}\n\n{docs.why}", "markdown": "\n\n".join((docs.what, docs.why, *examples))},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _result(finding: Finding, fingerprint: str, *, index: Index, order: Mapping[str, int]) -> dict[str, Any]:
    message = f"{finding.message}\n{finding.hint}" if finding.hint else finding.message
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": order.get(finding.rule, -1),
        "level": _LEVELS[finding.severity],
        "message": {"text": message},
        "locations": [_location(finding.location)],
        "partialFingerprints": {"mir/v1": fingerprint},
    }
    if finding.related:
        result["relatedLocations"] = [
            {"id": number, **_location(related)} for number, related in enumerate(finding.related)
        ]
    if finding.fix is not None and all(edit.file in index.sources for edit in finding.fix.edits):
        result["fixes"] = [_fix(finding.fix, index)]
    return result


def _location(place: Location) -> dict[str, Any]:
    region = {"startLine": place.line, "startColumn": place.column}
    if place.end_line is not None:
        region["endLine"] = place.end_line
    if place.end_column is not None:
        region["endColumn"] = place.end_column
    location: dict[str, Any] = {"physicalLocation": {"artifactLocation": _artifact(place.file), "region": region}}
    if place.path:
        location["logicalLocations"] = [{"fullyQualifiedName": safe_text(place.path), "kind": "value"}]
    return location


def _fix(fix: Fix, index: Index) -> dict[str, Any]:
    files: dict[str, list[Edit]] = {}
    for edit in fix.edits:
        files.setdefault(edit.file, []).append(edit)
    changes = [
        {"artifactLocation": _artifact(file), "replacements": [_replacement(edit, index) for edit in edits]}
        for file, edits in files.items()
    ]
    return {"description": {"text": fix.description}, "artifactChanges": changes}


def _replacement(edit: Edit, index: Index) -> dict[str, Any]:
    place = index.sources[edit.file].location(edit.start, edit.end)
    region = {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }
    return {"deletedRegion": region, "insertedContent": {"text": edit.text}}


def _artifact(file: str) -> dict[str, str]:
    """The file's URI: below the folder that mir ran in where it can be, since services know no other."""
    if PurePath(file).is_absolute() or ".." in PurePath(file).parts:
        return {"uri": f"file://{quote(os.fsencode(Path(os.path.realpath(file)).as_posix()))}"}
    return {"uri": quote(os.fsencode(PurePath(file).as_posix())), "uriBaseId": _ROOT}
