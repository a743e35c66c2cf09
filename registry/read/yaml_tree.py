"""YAML to a tree with positions, built from parser events so that no depth and no alias can exhaust the process.

libyaml's events are used where PyYAML was built with it, PyYAML's own parser otherwise. Both count characters, and
both hand over an event before they look far ahead, so that the limits below take hold after a few hundred of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner

from registry.lazy_regex import lazy_regex
from registry.read import ids
from registry.read.problems import MAX_EXPANSION, Problems
from registry.read.scalars import FIRST, plain, report_trap, shown_tag, tagged
from registry.read.tree_builder import DROPPED, LimitError, Node, Special, Tree
from registry.read.yaml_errors import report_error
from registry.types import MapNode, SeqNode, Source


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


_COLLECTION_TAGS = {None, "!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"}
_MERGE: Final = Special("<<")
_PROSE = lazy_regex(r"\s*#{1,6} \S")
"""Markdown after front matter: a heading, which is a comment to YAML."""


def parse_yaml(source: Source, start: int, end: int, problems: Problems) -> Node | None:
    """The first document between the offsets `start` and `end`, `None` where it cannot be read or is no collection."""
    text = source.text
    builder = _Builder(source, start, problems)
    try:
        return builder.build(_Parser(text if start == 0 and end == len(text) else text[start:end]).get_event)
    except yaml.YAMLError as error:
        report_error(error, start, end, problems)
    except LimitError:
        pass
    return None


class _Builder(Tree):
    """A tree from events, with what only YAML has: anchors, aliases, merge keys, tags, and keys that are no text.

    Attributes:
        offset: Where the block starts in its file; events count from there.
        last: End of the last value, which is where a block collection ends: its event comes after blank lines.
        opened: For each open collection its anchor, what was counted before it, and whether it has brackets.
        anchors: Value of each anchor, where it stands, and how many values it is.
    """

    def __init__(self, source: Source, offset: int, problems: Problems) -> None:
        super().__init__(source, problems)
        self.offset = offset
        self.last = offset
        self.opened: list[tuple[str | None, int, bool]] = []
        self.anchors: dict[str, tuple[Any, int, int, int]] = {}
        self.merges: dict[int, list[tuple[Any, int, int]]] = {}
        self.expanded = 0

    def build(self, next_event: Callable[[], Any]) -> Node | None:
        """Consume the events of one document; the parser stands before the start of the stream."""
        handlers = {
            ScalarEvent: self._scalar,
            AliasEvent: self._alias,
            MappingStartEvent: self._start,
            SequenceStartEvent: self._start,
            MappingEndEvent: self._end,
            SequenceEndEvent: self._end,
        }
        documents = 0
        while True:
            event = next_event()
            kind = type(event)
            handler = handlers.get(kind)
            if handler is not None:
                handler(event)
            elif kind is StreamEndEvent:
                return self.root
            elif kind is DocumentStartEvent:
                documents += 1
                if documents > 1:
                    self._second_document(event)
                    return self.root

    def _scalar(self, event: Any) -> None:
        offset = self.offset
        start = event.start_mark.index + offset
        self.last = end = event.end_mark.index + offset
        value = text = event.value
        is_key = self.key is None and type(self.node) is MapNode
        if event.anchor is not None or event.tag is not None:
            start = self._after_properties(start, end)
            value = self._decorated(event, start, end, is_key)
        elif not event.implicit[0]:
            if event.style in "|>":
                self.last = end = start + len(self.source.text[start:end].rstrip())
        elif is_key:
            if text == "<<":
                text = _MERGE
        elif not text or text[0] in FIRST:
            value = self._plain(text, start, end)
        if is_key:
            self.name(text, start, end)
        else:
            self.put(value, start, end)

    def _plain(self, text: str, start: int, end: int) -> Any:
        """The value of a scalar without quotes."""
        value, trap = plain(text)
        if trap is not None:
            key = None if self.key is None else self.key[0]
            report_trap(trap, self.problems, text, value, start, end, self.path(), key)
        return value

    def special(self, name: str, value: Any, start: int, end: int) -> None:
        """Keep what `<<` brings in until its mapping ends."""
        if name is _MERGE:
            self.merges.setdefault(id(self.node), []).append((value, start, end))

    def _start(self, event: Any) -> None:
        start = event.start_mark.index + self.offset
        if event.tag not in _COLLECTION_TAGS:
            message = f"the tag '{shown_tag(event.tag)}' is not one that a card can use"
            self.problems.add(
                ids.TAG, message, start, start + 1, hint="Remove it; the value is read as if it were not there."
            )
        if event.anchor is not None:
            self._check_anchor(event.anchor, start)
        self.open(MapNode if type(event) is MappingStartEvent else SeqNode, start)
        self.opened.append((event.anchor, self.count, bool(event.flow_style)))

    def _end(self, event: Any) -> None:
        anchor, before, brackets = self.opened.pop()
        if brackets:
            self.last = event.end_mark.index + self.offset
        node = self.close(self.last)
        if isinstance(node, MapNode) and id(node) in self.merges:
            self._merge(node)
        if anchor is not None:
            self.anchors[anchor] = (node, node.start, node.end, self.count - before + 1)
        if self.key is None and type(self.node) is MapNode:
            self._no_key(node.start, node.end)
        else:
            self.put(node, node.start, node.end)

    def _alias(self, event: Any) -> None:
        start = event.start_mark.index + self.offset
        self.last = end = event.end_mark.index + self.offset
        is_key = self.key is None and type(self.node) is MapNode
        name = event.anchor[:40]
        value: Any = None
        if any(anchor == event.anchor for anchor, *_ in self.opened):
            self.problems.add(ids.ALIAS, f"the alias '*{name}' stands inside the value that it names", start, end)
        elif event.anchor not in self.anchors:
            self.problems.add(ids.ALIAS, f"the alias '*{name}' names no anchor before it", start, end)
        else:
            value, first, last, size = self.anchors[event.anchor]
            self._expand(size, start, end)
            if not isinstance(value, MapNode | SeqNode):
                # A single value stands where it is printed: that is where its digits are.
                start, end = first, last
                if is_key and not isinstance(value, str):
                    value = self.source.text[start:end]
        if not is_key:
            self.put(value, start, end)
        elif isinstance(value, str):
            self.name(value, start, end)
        else:
            self._no_key(start, end)

    def _no_key(self, start: int, end: int) -> None:
        """Leave out an entry whose key is no text."""
        self.problems.add(
            ids.KEY,
            "a mapping or list cannot be the key of an entry",
            start,
            end,
            path=self.path(),
            hint="Write the key as plain text.",
        )
        self.key = (DROPPED, start, end)

    def _after_properties(self, start: int, end: int) -> int:
        """Where a scalar starts behind the anchor and the tag in front of it."""
        text = self.source.text
        while start < end and text[start] in "&!":
            while start < end and not text[start].isspace():
                start += 1
            while start < end and text[start].isspace():
                start += 1
        return start

    def _decorated(self, event: Any, start: int, end: int, is_key: bool) -> Any:
        """The value of a scalar with an anchor or a tag."""
        value: Any = event.value
        before = event.start_mark.index + self.offset
        if event.tag not in (None, "!"):
            try:
                value = tagged(event.value, event.tag)
            except ValueError as error:
                self.problems.add(ids.TAG, str(error), before, end, hint="Remove the tag; it reads as text.")
        elif event.implicit[0] and not is_key:
            value = self._plain(event.value, start, end)
        if event.anchor is not None:
            self._check_anchor(event.anchor, before)
            self.anchors[event.anchor] = (event.value if is_key else value, start, end, 1)
        return value

    def _check_anchor(self, anchor: str, start: int) -> None:
        if anchor in self.anchors or any(anchor == name for name, *_ in self.opened):
            message = f"the anchor '&{anchor[:40]}' is set a second time"
            hint = "PyYAML refuses that, other tools use the nearest one above. Give it another name."
            self.problems.add(ids.ALIAS, message, start, start + len(anchor) + 1, hint=hint)

    def _expand(self, size: int, start: int, end: int) -> None:
        """Count what an alias or merge stands for.

        Raises:
            LimitError: It is too much.
        """
        self.count += size
        self.expanded += size
        if self.expanded > MAX_EXPANSION:
            message = f"the aliases of this document stand for more than {MAX_EXPANSION} values"
            hint = "Nobody writes that by hand; it exhausts whatever reads it. Write the values out."
            self.problems.add(ids.ALIAS, message, start, end, hint=hint)
            raise LimitError

    def _merge(self, node: MapNode) -> None:
        """Add the entries of YAML's `<<`: what the mapping says itself wins, then what was merged first."""
        for value, start, end in self.merges.pop(id(node)):
            for part in value if isinstance(value, SeqNode) else (value,):
                if not isinstance(part, MapNode):
                    self.problems.add(ids.ALIAS, "'<<' can only merge mappings", start, end)
                    continue
                self._expand(len(part), start, end)
                for key, merged in part.items():
                    if key not in node:
                        node[key] = merged
                        node.marks[key] = part.marks[key]

    def _second_document(self, event: Any) -> None:
        after = event.end_mark.index + self.offset
        prose = _PROSE.match(self.problems.source.text, after) is not None
        self.problems.add(
            ids.DOCUMENTS,
            "a second YAML document starts here, and only the first one is read",
            event.start_mark.index + self.offset,
            event.end_mark.index + self.offset,
            hint="What follows is Markdown: let the file's name end in .md."
            if prose
            else "Put it into a file of its own, or remove the '---'.",
        )
