"""A tree while it is built: what YAML and JSON have in common, with the limits that hold for both."""

from __future__ import annotations

from typing import Any, Final

from registry.read import ids
from registry.read.problems import MAX_DEPTH, MAX_KEY, MAX_PATH, MAX_VALUES, NESTED_TOO_DEEP, Problems
from registry.types import MapNode, Mark, SeqNode, Source, child_path

Node = MapNode | SeqNode


class Special(str):
    """What stands for a key that is none: a type of its own, as keys of files may have any text."""

    __slots__ = ()


DROPPED: Final = Special("dropped")
"""Stands for a key that nothing can be kept under."""

_new = tuple.__new__  # A named tuple's own constructor takes twice as long, and there is a mark for every value.


class LimitError(Exception):
    """A limit was reached, and reported; the rest of the document is not read."""


class Tree:
    """The collections that are open, innermost last, and the key that waits for its value.

    Attributes:
        node: The innermost open mapping or sequence, `None` outside of all.
        key: In a mapping, the key whose value comes next, with its offsets.
        root: The outermost collection once it is closed.
        count: Values so far.
    """

    def __init__(self, source: Source, problems: Problems) -> None:
        self.source = source
        self.problems = problems
        self.node: Node | None = None
        self.key: tuple[str, int, int] | None = None
        self.root: Node | None = None
        self.count = 0
        self._above: list[tuple[Node | None, tuple[str, int, int] | None]] = []
        self._length = 0

    def open(self, kind: type[MapNode] | type[SeqNode], start: int) -> None:
        """Start a mapping or sequence.

        Raises:
            LimitError: There are too many in each other.
        """
        if self.key is not None:
            self._length += len(self.key[0])
        if len(self._above) >= MAX_DEPTH or self._length > MAX_PATH:
            message = NESTED_TOO_DEEP
            if self._length > MAX_PATH:
                message = f"the keys that lead here have more than {MAX_PATH} characters; nothing of it is read"
            self.problems.add(ids.TOO_DEEP, message, start, start + 1)
            raise LimitError
        self._above.append((self.node, self.key))
        self.node = kind(self.source, start)
        self.key = None

    def close(self, end: int) -> Node:
        """End the innermost collection; it still has to be put."""
        closed = self.node
        assert closed is not None
        closed.end = end if end > closed.start else closed.start
        self.node, self.key = self._above.pop()
        if self.key is not None:
            self._length -= len(self.key[0])
        return closed

    def name(self, key: str, start: int, end: int) -> None:
        """Take the key of an entry."""
        node = self.node
        assert type(node) is MapNode
        self.key = (key, start, end)
        if len(key) > MAX_KEY:
            message = f"a key of {len(key)} characters is too long, and its entry is not read"
            self.problems.add(ids.TOO_LARGE, message, start, end)
            self.key = (DROPPED, start, end)
        elif key in node:
            first = node.marks[key]
            self.problems.add(
                ids.DUPLICATE_KEY,
                f"the key '{key[:60]}' appears twice in this mapping, and only the second value counts",
                start,
                end,
                path=self.path(),
                related=(first.key, first.key_end),
            )

    def put(self, value: Any, start: int, end: int) -> None:
        """Take the value of an entry or item.

        Raises:
            LimitError: There are too many values.
        """
        self.count += 1
        if self.count > MAX_VALUES:
            self._too_many(start)
        node, key = self.node, self.key
        if type(node) is SeqNode:
            node.append(value)
            node.marks.append(_new(Mark, (start, start, start, end)))
        elif type(node) is MapNode and key is not None:
            name, key_start, key_end = key
            self.key = None
            if type(name) is str:
                node[name] = value
                node.marks[name] = _new(Mark, (key_start, key_end, start, end))
            else:
                self.special(name, value, start, end)
        elif node is None and isinstance(value, MapNode | SeqNode):
            self.root = value

    def _too_many(self, start: int) -> None:
        message = f"a document with more than {MAX_VALUES} values is too large for a card; it is not read"
        hint = "Split it into several files and import them."
        self.problems.add(ids.TOO_LARGE, message, start, start + 1, hint=hint)
        raise LimitError

    def special(self, name: str, value: Any, start: int, end: int) -> None:
        """Take a value whose key is `Special`; here it is dropped."""

    def path(self) -> str:
        """The data path of the value that comes next. Rarely needed, so worked out from what is open."""
        path = ""
        for node, key in [*self._above, (self.node, self.key)]:
            if isinstance(node, SeqNode):
                path = child_path(path, len(node))
            elif key is not None and type(key[0]) is str:
                path = child_path(path, key[0])
        return path
