"""What makes a finding the same finding after lines have moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from registry.lazy_regex import lazy_regex
from registry.report.report import Report
from registry.types import Finding, Index

_ENTRY = lazy_regex(r"^[^.\[]+\[\d+\]")
_NUMBER = lazy_regex(r"\[\d+\]")


def fingerprints(report: Report) -> Iterator[str]:
    """One for each finding, in their order: 16 hex digits, and `:2`, `:3`, ... where the same comes again.

    It holds the rule, the path in the data and the text of the range; not the file, the line or the message, nor the
    position in a list: an entry of a list of models goes by the model's name. So it survives lines and models that
    come, go or move, and dies with the value it is about.
    """
    names = _names(report.index)
    counts: Counter[str] = Counter()
    for finding in report.findings:
        digest = _digest(finding, report.index, names)
        key = f"{finding.location.file}\0{digest}"
        counts[key] += 1
        yield digest if counts[key] == 1 else f"{digest}:{counts[key]}"


def _names(index: Index) -> dict[tuple[str, str], str]:
    return {(model.location.file, model.location.path): model.name for model in index.models}


def _digest(finding: Finding, index: Index, names: dict[tuple[str, str], str]) -> str:
    place = finding.location
    path = place.path
    entry = _ENTRY.match(path)
    if entry and (name := names.get((place.file, entry[0]))):
        path = f"{name}{path[entry.end() :]}"
    source = index.sources.get(place.file)
    text = ""
    if source is not None:
        line = source.line(place.line)
        spans = place.end_line is not None and place.end_line > place.line
        text = line[place.column - 1 : None if spans else place.end_column and place.end_column - 1].strip()
    content = "\0".join((finding.rule, _NUMBER.sub("[]", path), text))
    import hashlib  # which a card without findings does not need

    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:16]
