"""`# mir: ignore[MIR101]` in a card.

At the end of a line it holds for that line, on a line of its own for the next line with content, and as
`ignore-file` for the whole file. Markdown outside a metadata block may say `<!-- mir: ignore-file[MIR4] -->`. JSON has
no comments, so there `ignore` in `[tool.mir]` or a baseline is the way.
"""

from __future__ import annotations

import bisect
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

from registry.checks.addresses import metadata_files
from registry.checks.catalogue import RULES, matching
from registry.checks.rule import Problem
from registry.lazy_regex import lazy_regex
from registry.read.faults import OTHERS, fault
from registry.read.ids import UNKNOWN_IGNORE, UNUSED_IGNORE
from registry.types import Finding, Index, Location, RawDocument, Source, walk

_YAML = lazy_regex(r"(?:(?<=\s)|(?<![^\n]))#\s*mir:\s*ignore(?P<file>-file)?\s*\[(?P<ids>[^\]\n]*)\]")
_HTML = lazy_regex(r"<!--\s*mir:\s*ignore(?P<file>-file)\s*\[(?P<ids>[^\]\n]*)\]\s*-->")


@dataclass(slots=True)
class Ignore:
    """One id of one comment; `line` is the line it holds for, `None` for the whole file."""

    pattern: str
    line: int | None
    location: Location
    rules: tuple[str, ...]
    used: bool = field(default=False)


def suppress(
    findings: Iterable[Finding], wishes: Iterable[Ignore], chosen: Callable[[str, str], bool]
) -> Iterator[Finding]:
    """Leave out what the cards say to ignore; say which of those wishes are unknown or not needed."""
    # By place and then by what they say, so that a thousand of the same are one.
    ignores: dict[tuple[str, int | None], dict[str, Ignore]] = defaultdict(dict)
    for wish in wishes:
        ignores[wish.location.file, wish.line].setdefault(wish.pattern, wish)
    empty: dict[str, Ignore] = {}
    for finding in findings:
        place = finding.location
        here, whole = ignores.get((place.file, place.line), empty), ignores.get((place.file, None), empty)
        if not _ignored(finding, (*here.values(), *whole.values())):
            yield finding
    for wish in chain.from_iterable(group.values() for group in ignores.values()):
        problem, rule = _complaint(wish, chosen)
        if problem is not None and chosen(rule, wish.location.file):
            yield RULES[rule].finding(problem)


def wishes_in(index: Index) -> tuple[list[Ignore], list[Finding]]:
    """What all files of an index say to ignore, and of which of them that could not be read."""
    pieces = metadata_files(index)
    wishes: list[Ignore] = []
    faults: list[Finding] = []
    for file, source in index.sources.items():
        try:
            if "mir:" in source.text:
                blocks = [raw for card in index.cards for raw in card.documents if raw.source.file == file]
                wishes += wishes_of(source, [*blocks, *(raw for raw in pieces if raw.source.file == file)])
        except OTHERS:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a card ends in is a finding of that card
            faults.append(fault("its comments could not be read", error, Location(file=file)))
    return wishes, faults


def _ignored(finding: Finding, wishes: Iterable[Ignore]) -> bool:
    hit = False
    for wish in wishes:
        if finding.rule in wish.rules:
            wish.used = hit = True
    return hit


def _complaint(wish: Ignore, chosen: Callable[[str, str], bool]) -> tuple[Problem | None, str]:
    if not wish.rules:
        return Problem(f"'{wish.pattern}' is neither a rule nor the beginning of one", wish.location), UNKNOWN_IGNORE
    if not wish.used and all(chosen(rule, wish.location.file) for rule in wish.rules):
        return Problem(f"there is nothing here that {wish.pattern} would find", wish.location), UNUSED_IGNORE
    return None, UNUSED_IGNORE


def wishes_of(source: Source, blocks: Sequence[RawDocument]) -> Iterator[Ignore]:
    """What a file says to ignore."""
    if "mir:" not in source.text:
        return
    lines = _HeldLines(source)
    for raw in blocks:
        if raw.kind != "json":
            quoted = _text_spans(raw)
            for match in _YAML.finditer(source.text, raw.start, raw.end):
                if not _inside(match.start() - 1, quoted):
                    yield from _read(match, lines)
    spans = sorted((raw.start, raw.end) for raw in blocks)
    for match in _HTML.finditer(source.text):
        if not _inside(match.start(), spans):
            yield from _read(match, lines)


def _inside(offset: int, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether an offset lies in one of the spans, which are in order and do not overlap."""
    at = bisect.bisect_right(spans, (offset, sys.maxsize)) - 1
    return at >= 0 and offset < spans[at][1]


def _text_spans(raw: RawDocument) -> list[tuple[int, int]]:
    """Where texts stand, in which a `#` begins no comment."""
    marks = (node.marks[key] for _, node, key, value in walk(raw.root) if isinstance(value, str))  # type: ignore[index]
    return sorted((mark.start, mark.end) for mark in marks)


def _read(match: re.Match[str], lines: _HeldLines) -> Iterator[Ignore]:
    line = None if match["file"] else lines.by(match.start())
    offset = match.start("ids")
    for item in match["ids"].split(","):
        pattern = item.strip()
        start = offset + len(item) - len(item.lstrip())
        location = lines.source.location(start, start + len(pattern))
        yield Ignore(pattern, line, location, matching(pattern))
        offset += len(item) + 1


class _HeldLines:
    """The lines that comments hold for; many that follow each other are not each searched to the end of all."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.last, _ = source.position(len(source.text))
        self._known: dict[int, int] = {}

    def by(self, offset: int) -> int:
        """The line that a comment holds for: its own, or the next one with content where it stands alone."""
        line, column = self.source.position(offset)
        if self.source.line(line)[: column - 1].strip():
            return line
        passed = []
        while line < self.last and line not in self._known:
            passed.append(line)
            line += 1
            text = self.source.line(line).strip()
            if text and not text.startswith("#"):
                break
        line = self._known.get(line, line)
        self._known.update(dict.fromkeys(passed, line))
        return line
