"""Findings that a project has accepted: an old zoo adopts the check today, and its list may only shrink.

A baseline is JSON, one accepted finding a line and sorted, so that it reads well in a pull request and two
branches rarely touch the same line. Files are named from the baseline's own folder.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from registry.checks import RULES, Problem
from registry.files import read_bounded, reason, relative, write_output
from registry.read.ids import STALE_BASELINE
from registry.read.problems import MAX_BYTES
from registry.report.fingerprint import fingerprints
from registry.report.jsonlist import dumps
from registry.report.report import Report
from registry.types import Finding, Source, UsageError

Key = tuple[str, str]
"""A file, named from the baseline's folder, and a fingerprint."""


class AcceptedFinding(NamedTuple):
    """One accepted finding: its rule, where the baseline says so, and the whole entry as JSON."""

    rule: str
    start: int
    end: int
    text: str


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
        text = read_bounded(path, MAX_BYTES).decode()
        rows = [(*_texts(entry), dumps(entry)) for entry in json.loads(text)]
    except OSError as error:
        hint = "; write it with --write-baseline" if isinstance(error, FileNotFoundError) else ""
        raise UsageError(f"the baseline {path} cannot be read: {reason(error)}{hint}") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UsageError(
            f"{path} is not a baseline: it is a JSON list of objects with file, rule, fingerprint"
        ) from error
    entries: dict[Key, AcceptedFinding] = {}
    at = 0
    for file, rule, fingerprint, entry in rows:
        # The entries stand in the text in this order, however the JSON is laid out.
        at = text.find(str(fingerprint), at)
        entries[file, fingerprint] = AcceptedFinding(rule, at, at + len(str(fingerprint)), entry)
    return Baseline(path=path, source=Source(file=path.as_posix(), text=text), entries=entries)


def _texts(entry: Any) -> tuple[str, str, str]:
    file, rule, fingerprint = entry["file"], entry["rule"], entry["fingerprint"]
    if not all(isinstance(text, str) for text in (file, rule, fingerprint)):
        raise TypeError(entry)
    return file, rule, fingerprint


def write_baseline(path: Path, report: Report, selected: Callable[[str], bool]) -> int:
    """Accept every finding of the report from now on; the number of entries.

    Entries of files that were not read and of rules that did not run stay as they are: checking one card of a zoo says
    nothing about the others.

    Raises:
        UsageError: There is a file of this name, and it is no baseline.
        OutputError: The file cannot be written.
    """
    findings = zip(report.findings, _keys(path, report), strict=True)
    entries = {
        key: dumps({"file": key[0], "rule": finding.rule, "fingerprint": key[1], "message": finding.message})
        for finding, key in findings
    }
    if path.exists():
        judged = _judged(path, report, selected)
        entries |= {
            key: entry.text
            for key, entry in read_baseline(path).entries.items()
            if key not in entries and not judged(key[0], entry.rule)
        }
    return _write(path, entries.values())


def prune_baseline(path: Path, report: Report, selected: Callable[[str], bool]) -> tuple[int, int]:
    """Remove the entries whose findings are gone, and add none; how many are left and how many went.

    Raises:
        UsageError: The baseline is missing, or is none.
        OutputError: The file cannot be written.
    """
    baseline = read_baseline(path)
    stale = {key for key, _ in _stale_entries(baseline, report, selected)}
    entries = [entry.text for key, entry in baseline.entries.items() if key not in stale]
    return _write(path, entries), len(stale)


def _write(path: Path, entries: Iterable[str]) -> int:
    lines = sorted(entries)
    text = "[\n" + ",\n".join(lines) + "\n]\n" if lines else "[]\n"
    write_output(path, text.encode())
    return len(lines)


def without_accepted(report: Report, baseline: Baseline, selected: Callable[[str], bool]) -> Report:
    """The report without what the baseline accepts, but with a remark for each entry that is no longer needed.

    A finding of a file that was renamed is accepted by the entry of its old name, where no file has that name now.
    """
    accepted = {key for key, _ in _accepting(baseline, report)}
    fresh = [
        finding
        for finding, key in zip(report.findings, _keys(baseline.path, report), strict=True)
        if key not in accepted
    ]
    stale = list(_stale_entries(baseline, report, selected)) if selected(STALE_BASELINE) else []
    if not stale:
        return replace(report, findings=fresh, accepted=len(accepted))
    sources = {**report.index.sources, baseline.source.file: baseline.source}
    findings = [*fresh, *(_stale(baseline, file, entry) for (file, _), entry in stale)]
    index = replace(report.index, sources=sources)
    return replace(report, findings=findings, index=index, accepted=len(accepted))


def _accepting(baseline: Baseline, report: Report) -> Iterator[tuple[Key, Key]]:
    """The findings that are accepted, each with the entry that accepts it."""
    keys = list(_keys(baseline.path, report))
    current_keys = set(keys)
    moved: dict[str, list[Key]] = {}
    for key in baseline.entries:
        # Says so too of what can be no name.
        if key not in current_keys and not os.path.exists(baseline.path.parent / key[0]):  # noqa: PTH110
            moved.setdefault(key[1], []).append(key)
    for key in keys:
        if key in baseline.entries:
            yield key, key
        elif moved.get(key[1]):
            yield key, moved[key[1]].pop()


def _stale_entries(
    baseline: Baseline, report: Report, selected: Callable[[str], bool]
) -> Iterator[tuple[Key, AcceptedFinding]]:
    """The entries whose finding is gone, of files that were read or no longer exist, and of rules that ran."""
    used = {entry for _, entry in _accepting(baseline, report)}
    judged = _judged(baseline.path, report, selected)
    yield from (
        (key, entry) for key, entry in baseline.entries.items() if key not in used and judged(key[0], entry.rule)
    )


def _judged(path: Path, report: Report, selected: Callable[[str], bool]) -> Callable[[str, str], bool]:
    """Whether this run would have found a finding of a rule in a file."""
    of = report.files
    read = {_from(path, file) for file in report.index.sources if of is None or os.path.realpath(file) in of}
    return lambda file, rule: selected(rule) and (file in read or not os.path.exists(path.parent / file))  # noqa: PTH110 - says so too of what can be no name


def _stale(baseline: Baseline, file: str, entry: AcceptedFinding) -> Finding:
    return RULES[STALE_BASELINE].finding(
        Problem(
            f"{file} no longer has this {entry.rule}",
            baseline.source.location(entry.start, entry.end),
            hint="Remove what is no longer needed with --prune-baseline.",
        )
    )


def _keys(path: Path, report: Report) -> Iterator[Key]:
    for finding, fingerprint in zip(report.findings, fingerprints(report), strict=True):
        yield _from(path, finding.location.file), fingerprint


def _from(baseline: Path, file: str) -> str:
    """A file as named from the baseline's folder, whatever folder `mir` runs in."""
    return Path(relative(file, baseline.parent)).as_posix()
