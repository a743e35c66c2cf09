"""YAML to a tree with positions, built from parser events so that no depth and no alias can exhaust the process.

libyaml's events are used where PyYAML was built with it, PyYAML's own parser otherwise. Both count characters, and
both hand over an event before they look far ahead, so that the limits below take hold after a few hundred of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import yaml
from yaml.events import AliasEvent, DocumentStartEvent, MappingStartEvent, ScalarEvent, SequenceStartEvent
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner

from registry.read import ids
from registry.read.limits import MAX_DEPTH, MAX_EXPANSION, MAX_NODES
from registry.read.problems import Problems
from registry.read.scalars import plain, shown_tag, tagged
from registry.read.traps import report_trap
from registry.read.yaml_errors import report_error
from registry.types import MapNode, Mark, SeqNode, Source, child_path

Node = MapNode | SeqNode


class _PurePython(Reader, Scanner, Parser):
    """PyYAML's parser in Python, for installations without libyaml."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)


_Parser: Callable[[str], Any]
try:
    from yaml._yaml import CParser as _Parser
except ImportError:
    _Parser = _PurePython


_DROPPED: Final = "\0dropped"  # The key of an entry whose real key is a mapping or list; no file can hold a NUL.
_MERGE: Final = "\0merge"
_COLLECTION_TAGS = {None, "!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"}


def parse_yaml(source: Source, start: int, end: int, problems: Problems) -> Node | None:
    """The first document between the offsets `start` and `end`, `None` where it cannot be read or is no collection."""
    text = source.text
    builder = _Builder(source, start, problems)
    try:
        return builder.build(_Parser(text if start == 0 and end == len(text) else text[start:end]).get_event)
    except yaml.YAMLError as error:
        report_error(error, start, end, problems)
    except _Stop:
        pass
    return None


class _Stop(Exception):
    """A limit was reached, and reported; the rest of the document is not read."""


class _Builder:
    def __init__(self, source: Source, offset: int, problems: Problems) -> None:
        self.source = source
        self.offset = offset
        self.problems = problems
        self.stack: list[tuple[Node, str | None, int, int, str | None, int]] = []
        self.anchors: dict[str, tuple[Any, Mark, int]] = {}
        self.open: set[str] = set()
        self.merges: dict[int, list[tuple[Any, Mark]]] = {}
        self.count = 0
        self.expanded = 0

    def build(self, next_event: Callable[[], Any]) -> Node | None:
        """Consume all events; the parser stands before the start of the stream."""
        source, offset, stack = self.source, self.offset, self.stack
        node: Any = None  # the innermost open collection; the rest of them is on the stack
        key: str | None = None  # in a mapping, the key that waits for its value
        key_start = key_end = last_end = 0
        root: Node | None = None
        documents = 0
        while True:
            event = next_event()
            kind = type(event)
            if kind is ScalarEvent:
                start = event.start_mark.index + offset
                last_end = end = event.end_mark.index + offset
                self.count += 1
                if self.count > MAX_NODES:
                    self._stop(event, deep=False)
                text = event.value
                if event.anchor is None and event.tag is None:
                    value = text
                    if event.implicit[0]:
                        if key is None and type(node) is MapNode:
                            if text == "<<":
                                text = _MERGE
                        else:
                            value, trap = plain(text)
                            if trap is not None:
                                path = self._path(node, key)
                                report_trap(trap, self.problems, text, value, start, end, path, key)
                    elif event.style in "|>":
                        last_end = end = start + len(source.text[start:end].rstrip())
                else:
                    value, start = self._decorated(event, start, end, key is None and type(node) is MapNode)
                if type(node) is MapNode and key is None:
                    key, key_start, key_end = text, start, end
                    if text in node:
                        self._duplicate(node, text, start, end)
                    continue
                mark = Mark(start if key is None else key_start, start if key is None else key_end, start, end)
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                if len(stack) >= MAX_DEPTH or self.count > MAX_NODES:
                    self._stop(event, deep=len(stack) >= MAX_DEPTH)
                start = event.start_mark.index + offset
                self.count += 1
                if event.tag not in _COLLECTION_TAGS:
                    self._foreign_tag(event.tag, start)
                stack.append((node, key, key_start, key_end, event.anchor, self.count))
                node = MapNode(source, start) if kind is MappingStartEvent else SeqNode(source, start)
                if event.flow_style:
                    node.end = -1  # known at its closing bracket
                if event.anchor is not None:
                    self._anchor(event.anchor, start)
                    self.open.add(event.anchor)
                key = None
                continue
            elif kind is AliasEvent:
                start = event.start_mark.index + offset
                last_end = end = event.end_mark.index + offset
                is_key = key is None and type(node) is MapNode
                value, mark = self._alias(event.anchor, start, end, is_key)
                if is_key:
                    key, key_start, key_end = value, start, end
                    if key in node:
                        self._duplicate(node, value, start, end)
                    continue
                mark = Mark(
                    start if key is None else key_start, start if key is None else key_end, mark.start, mark.end
                )
            elif node is not None:  # the end of a mapping or sequence
                if node.end < 0:
                    last_end = event.end_mark.index + offset
                node.end = last_end if last_end > node.start else node.start
                if id(node) in self.merges:
                    self._merge(node)
                value = node
                node, key, key_start, key_end, anchor, before = stack.pop()
                if key is None:
                    mark = Mark(value.start, value.start, value.start, value.end)
                else:
                    mark = Mark(key_start, key_end, value.start, value.end)
                if anchor is not None:
                    self.open.discard(anchor)
                    self.anchors[anchor] = (value, mark, self.count - before + 1)
                if node is None:
                    root = value
                    continue
                if type(node) is MapNode and key is None:
                    self.problems.add(
                        ids.KEY,
                        "a mapping or list cannot be the key of an entry",
                        value.start,
                        value.end,
                        path=self._path(node, None),
                        hint="Write the key as plain text.",
                    )
                    key, key_start, key_end = _DROPPED, value.start, value.end
                    continue
            elif kind is DocumentStartEvent:
                documents += 1
                if documents > 1:
                    self.problems.add(
                        ids.DOCUMENTS,
                        "a second YAML document starts here, and only the first one is read",
                        event.start_mark.index + offset,
                        event.end_mark.index + offset,
                        hint="Put it into a file of its own, or remove the '---'.",
                    )
                    return root
                continue
            elif kind is yaml.StreamEndEvent:
                return root
            else:  # the start of the stream, the end of a document
                continue

            if key is None:
                if type(node) is SeqNode:
                    node.append(value)
                    node.marks.append(mark)
                # A document that is a lone scalar has no node to put it in: there is nothing to read.
            else:
                if key is _DROPPED or key is _MERGE:
                    if key is _MERGE:
                        self.merges.setdefault(id(node), []).append((value, mark))
                else:
                    node[key] = value
                    node.marks[key] = mark
                key = None

    def _path(self, node: Node | None, key: str | None) -> str:
        """The data path of the value that comes next in `node`. Rarely needed, so worked out from the stack."""
        path = ""
        parents = [(entry[0], entry[1]) for entry in self.stack] + [(node, key)]
        for parent, at in parents:
            if isinstance(parent, SeqNode):
                path = child_path(path, len(parent))
            elif at is not None and at not in (_MERGE, _DROPPED):
                path = child_path(path, at)
        return path

    def _decorated(self, event: Any, start: int, end: int, is_key: bool) -> tuple[Any, int]:
        """Value and start of a scalar with an anchor or a tag in front of it."""
        text = event.value
        printed = self.source.text
        at = start
        while printed[at : at + 1] in ("&", "!"):
            while at < end and not printed[at].isspace():
                at += 1
            while at < end and printed[at].isspace():
                at += 1
        start = min(at, end)
        value: Any = text
        if event.tag not in (None, "!"):
            try:
                value = tagged(text, event.tag)
            except ValueError as error:
                self.problems.add(
                    ids.TAG,
                    str(error),
                    event.start_mark.index + self.offset,
                    end,
                    hint="Remove the tag; it reads as text.",
                )
        elif event.implicit[0] and not is_key:
            value, trap = plain(text)
            if trap is not None:
                report_trap(trap, self.problems, text, value, start, end, "", None)
        if event.anchor is not None:
            self._anchor(event.anchor, event.start_mark.index + self.offset)
            self.anchors[event.anchor] = (text if is_key else value, Mark(start, start, start, end), 1)
        return value, start

    def _anchor(self, anchor: str, start: int) -> None:
        if anchor in self.anchors or anchor in self.open:
            message = f"the anchor '&{anchor[:40]}' is set a second time"
            hint = "PyYAML refuses that, other tools use the nearest one above. Give it another name."
            self.problems.add(ids.ALIAS, message, start, start + len(anchor) + 1, hint=hint)

    def _alias(self, anchor: str, start: int, end: int, is_key: bool) -> tuple[Any, Mark]:
        """The value that an alias stands for, and where that is printed."""
        here = Mark(start, start, start, end)
        if anchor in self.open:
            self.problems.add(
                ids.ALIAS, f"the alias '*{anchor[:40]}' stands inside the value that it names", start, end
            )
        elif anchor not in self.anchors:
            self.problems.add(ids.ALIAS, f"the alias '*{anchor[:40]}' names no anchor before it", start, end)
        else:
            value, mark, size = self.anchors[anchor]
            self._expand(size, start, end)
            if not isinstance(value, MapNode | SeqNode):
                return (
                    self.source.text[mark.start : mark.end] if is_key and not isinstance(value, str) else value
                ), mark
            if not is_key:
                return value, here
            self.problems.add(ids.KEY, "a mapping or list cannot be the key of an entry", start, end)
        return (_DROPPED if is_key else None), here

    def _expand(self, size: int, start: int, end: int) -> None:
        self.count += size
        self.expanded += size
        if self.expanded > MAX_EXPANSION:
            self.problems.add(
                ids.ALIAS,
                f"the aliases of this document stand for more than {MAX_EXPANSION:,} values",
                start,
                end,
                hint="Nobody writes that by hand; it exhausts whatever reads it. Write the values out.",
            )
            raise _Stop

    def _merge(self, node: MapNode) -> None:
        """Add the entries of YAML's `<<`: what the mapping says itself wins, then what was merged first."""
        for value, mark in self.merges.pop(id(node)):
            for part in value if isinstance(value, SeqNode) else (value,):
                if not isinstance(part, MapNode):
                    self.problems.add(ids.ALIAS, "'<<' can only merge mappings", mark.start, mark.end)
                    continue
                self._expand(len(part), mark.start, mark.end)
                for key, merged in part.items():
                    if key not in node:
                        node[key] = merged
                        node.marks[key] = part.marks[key]

    def _duplicate(self, node: MapNode, key: str, start: int, end: int) -> None:
        first = node.marks[key]
        self.problems.add(
            ids.DUPLICATE_KEY,
            f"the key '{key[:60]}' stands twice in this mapping, and only the second value counts",
            start,
            end,
            path=self._path(node, key),
            related=(first.key, first.key_end),
        )

    def _stop(self, event: Any, *, deep: bool) -> None:
        at = event.start_mark.index + self.offset
        if deep:
            message = f"mappings and lists are nested more than {MAX_DEPTH} deep; nothing of it is read"
            self.problems.add(ids.TOO_DEEP, message, at, at + 1)
        else:
            message = f"a file with more than {MAX_NODES:,} values is too large for a card; nothing of it is read"
            self.problems.add(ids.TOO_LARGE, message, at, at + 1, hint="Split it into several files and import them.")
        raise _Stop

    def _foreign_tag(self, tag: str, start: int) -> None:
        self.problems.add(
            ids.TAG,
            f"the tag '{shown_tag(tag)}' is not one that a card can use",
            start,
            start + 1,
            hint="Remove it; the value is read as if it were not there.",
        )
