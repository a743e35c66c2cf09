"""Reports of `mir check` on cards of the Hub: their addresses in place of paths of the cache."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from registry.download import hub_address
from registry.report import Report
from registry.types import Finding, Fix, Source


def at_hub(report: Report) -> Report:
    """The report, in which every file of the Hub is named by its address."""
    sources = {}
    for source in report.index.sources.values():
        address = hub_address.as_hub_address(source.file)
        sources[address] = source if address == source.file else Source(file=address, text=source.text)
    findings = [_finding(finding) for finding in report.findings]
    return replace(report, findings=findings, index=replace(report.index, sources=sources))


def _finding(finding: Finding) -> Finding:
    return replace(
        finding,
        location=hub_address.at_hub(finding.location),
        related=tuple(map(hub_address.at_hub, finding.related)),
        fix=None if finding.fix is None else _fix(finding.fix),
    )


def _fix(fix: Fix) -> Fix:
    edits = tuple(edit._replace(file=hub_address.as_hub_address(edit.file)) for edit in fix.edits)
    return fix._replace(edits=edits)


def at_repository(source: Source, targets: Sequence[Path]) -> Source:
    """A source by its path in the repository, in whose clone a patch is applied; one of no repository as it is."""
    if hub_address.as_hub_address(source.file) == source.file:
        return source
    real = Path(os.path.realpath(source.file))
    for target in targets:
        if real.is_relative_to(target.resolve()):
            return Source(file=real.relative_to(target.resolve()).as_posix(), text=source.text)
    return source
