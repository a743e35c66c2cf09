"""`# mir: ignore[MIR101]` in a card.

At the end of a line it holds for that line, on a line of its own for the next line with content, and as
`ignore-file` for the whole file. Markdown outside a metadata block may say `<!-- mir: ignore-file[MIR4] -->`. JSON has
no comments, so there `ignore` in `[tool.mir]` or a baseline is the way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from registry.checks.catalogue import RULES, matching
from registry.checks.leaves import leaves
from registry.checks.pieces import metadata_files
from registry.checks.rule import Problem
from registry.types import Finding, Index, Location, MapNode, RawDocument, SeqNode, Source

UNKNOWN = "MIR107"
UNUSED = "MIR108"

_YAML = re.compile(r"(?:(?<=\s)|(?<![^\n]))#\s*mir:\s*ignore(?P<file>-file)?\s*\[(?P<ids>[^\]\n]*)\]")
_HTML = re.compile(r"<!--\s*mir:\s*ignore(?P<file>-file)\s*\[(?P<ids>[^\]\n]*)\]\s*-->")


@dataclass(slots=True)
class _Ignore:
    """One id of one comment; `line` is the line it holds for, `None` for the whole file."""

    pattern: str
    line: int | None
    location: Location
    rules: tuple[str, ...]
    used: bool = field(default=False)


def suppress(findings: Iterable[Finding], index: Index, chosen: Callable[[str], bool]) -> Iterator[Finding]:
    """Leave out what the cards say to ignore; say which of those wishes are unknown or not needed."""
    pieces = metadata_files(index)
    ignores = {file: wishes for file in index.sources if (wishes := list(_wishes(index, pieces, file)))}
    for finding in findings:
        if not _ignored(finding, ignores.get(finding.location.file, ())):
            yield finding
    for wishes in ignores.values():
        for wish in wishes:
            problem, rule = _complaint(wish, chosen)
            if problem is not None and chosen(rule):
                yield RULES[rule].finding(problem)


def _ignored(finding: Finding, wishes: Iterable[_Ignore]) -> bool:
    hit = False
    for wish in wishes:
        if wish.line in (None, finding.location.line) and finding.rule in wish.rules:
            wish.used = hit = True
    return hit


def _complaint(wish: _Ignore, chosen: Callable[[str], bool]) -> tuple[Problem | None, str]:
    if not wish.rules:
        return Problem(f"'{wish.pattern}' is neither a rule nor the beginning of one", wish.location), UNKNOWN
    if not wish.used and all(chosen(rule) for rule in wish.rules):
        return Problem(f"there is nothing here that {wish.pattern} would find", wish.location), UNUSED
    return None, UNUSED


def _wishes(index: Index, pieces: Iterable[RawDocument], file: str) -> Iterator[_Ignore]:
    source = index.sources[file]
    if "mir:" not in source.text:
        return
    blocks = [raw for card in index.cards for raw in card.documents if raw.source.file == file]
    blocks += [raw for raw in pieces if raw.source.file == file]
    for raw in blocks:
        if raw.kind != "json":
            quoted = _text_spans(raw)
            for match in _YAML.finditer(source.text, raw.start, raw.end):
                if not any(start < match.start() < end for start, end in quoted):
                    yield from _read(match, source)
    for match in _HTML.finditer(source.text):
        if not any(raw.start <= match.start() < raw.end for raw in blocks):
            yield from _read(match, source)


def _text_spans(raw: RawDocument) -> list[tuple[int, int]]:
    """Where texts stand, in which a `#` begins no comment."""
    if not isinstance(raw.root, MapNode | SeqNode):
        return []
    return [leaf.span for leaf in leaves(raw.root) if isinstance(leaf.value, str)]


def _read(match: re.Match[str], source: Source) -> Iterator[_Ignore]:
    line = None if match["file"] else _held_line(match.start(), source)
    offset = match.start("ids")
    for item in match["ids"].split(","):
        pattern = item.strip()
        start = offset + len(item) - len(item.lstrip())
        location = source.location(start, start + len(pattern))
        yield _Ignore(pattern, line, location, matching(pattern))
        offset += len(item) + 1


def _held_line(offset: int, source: Source) -> int:
    line, column = source.position(offset)
    if source.line(line)[: column - 1].strip():
        return line
    last, _ = source.position(len(source.text))
    while line < last:
        line += 1
        text = source.line(line).strip()
        if text and not text.startswith("#"):
            return line
    return line
