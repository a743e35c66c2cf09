"""Findings that a project has accepted: an old zoo adopts the check today, and its list may only shrink.

A baseline is JSON, one accepted finding a line and sorted, so that it reads well in a pull request and two
branches rarely touch the same line. Files are named from the baseline's own folder.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from registry.checks import RULES, Problem
from registry.files import reason, write_atomic
from registry.read.ids import STALE_BASELINE
from registry.report.fingerprint import fingerprints
from registry.report.jsonlist import dumps
from registry.report.report import Report
from registry.types import Finding, Source, UsageError

Key = tuple[str, str]
"""A file, named from the baseline's folder, and a fingerprint."""


class AcceptedFinding(NamedTuple):
    """One accepted finding: its rule, and where the baseline says so."""

    rule: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Baseline:
    """What a baseline file accepts."""

    path: Path
    source: Source
    entries: dict[Key, AcceptedFinding]


def read_baseline(path: Path) -> Baseline:
    """Read what `write_baseline` wrote.

    Raises:
        UsageError: The file is missing, or is not a baseline.
    """
    try:
        text = path.read_text(encoding="utf-8")
        found = [(entry["file"], entry["rule"], entry["fingerprint"]) for entry in json.loads(text)]
    except OSError as error:
        hint = "; write it with --write-baseline" if isinstance(error, FileNotFoundError) else ""
        raise UsageError(f"the baseline {path} cannot be read: {reason(error)}{hint}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{path} is not a baseline: it is a JSON list of objects with file, rule, fingerprint"
        ) from error
    entries: dict[Key, AcceptedFinding] = {}
    at = 0
    for file, rule, fingerprint in found:
        # The entries stand in the text in this order, however the JSON is laid out.
        at = text.find(str(fingerprint), at)
        entries[file, fingerprint] = AcceptedFinding(rule, at, at + len(str(fingerprint)))
    return Baseline(path=path, source=Source(file=path.as_posix(), text=text), entries=entries)


def write_baseline(path: Path, report: Report) -> int:
    """Accept every finding of the report from now on; the number of entries.

    Raises:
        OutputError: The file cannot be written.
    """
    lines = sorted(
        dumps({"file": file, "rule": finding.rule, "fingerprint": fingerprint, "message": finding.message})
        for finding, (file, fingerprint) in zip(report.findings, _keys(path, report), strict=True)
    )
    text = "[\n" + ",\n".join(lines) + "\n]\n" if lines else "[]\n"
    write_atomic(path, text.encode())
    return len(lines)


def without_accepted(report: Report, baseline: Baseline, selected: Callable[[str], bool]) -> Report:
    """The report without what the baseline accepts, but with a finding for each entry that is no longer needed.

    An entry is judged only where its file was read or no longer exists, and its rule is one that ran: checking one
    card of a zoo says nothing about the others.
    """
    keys = list(_keys(baseline.path, report))
    fresh = [finding for finding, key in zip(report.findings, keys, strict=True) if key not in baseline.entries]
    found = set(keys)
    read = {_from(baseline.path, file) for file in report.index.sources}
    stale = [
        _stale(baseline, key[0], entry)
        for key, entry in baseline.entries.items()
        if key not in found
        and selected(entry.rule)
        and selected(STALE_BASELINE)
        and (key[0] in read or not (baseline.path.parent / key[0]).exists())
    ]
    if not stale:
        return replace(report, findings=fresh)
    sources = {**report.index.sources, baseline.source.file: baseline.source}
    return replace(report, findings=[*fresh, *stale], index=replace(report.index, sources=sources))


def _stale(baseline: Baseline, file: str, entry: AcceptedFinding) -> Finding:
    return RULES[STALE_BASELINE].finding(
        Problem(
            f"{file} no longer has this {entry.rule}",
            baseline.source.location(entry.start, entry.end),
            hint="Remove the entry, or write the baseline again with --write-baseline.",
        )
    )


def _keys(path: Path, report: Report) -> Iterator[Key]:
    for finding, fingerprint in zip(report.findings, fingerprints(report), strict=True):
        yield _from(path, finding.location.file), fingerprint


def _from(baseline: Path, file: str) -> str:
    """A file as named from the baseline's folder, whatever folder `mir` runs in."""
    return Path(os.path.relpath(file, baseline.parent)).as_posix()
