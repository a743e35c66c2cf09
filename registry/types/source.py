"""A document's text as a tree in which every key and value knows where it stands.

Positions are character offsets into `Source.text`; lines and columns are worked out only when somebody
asks, because most of a card is never complained about.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from itertools import accumulate
from typing import Any, NamedTuple


class Location(NamedTuple):
    """A place in a file, as editors and CI systems count it.

    Attributes:
        file: Path as it is shown to the user, with forward slashes.
        line: Line, from 1.
        column: Column in characters, from 1.
        end_line: Line of the last character, `None` where only the start is known.
        end_column: Column after the last character.
        path: Path in the data, such as `Models[3].Results[0].Metrics`; empty for the whole document.
    """

    file: str
    line: int = 1
    column: int = 1
    end_line: int | None = None
    end_column: int | None = None
    path: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


_new = tuple.__new__  # A named tuple's own constructor takes twice as long, and a zoo has a hundred thousand places.


class Source:
    """The text of one file, and where its lines begin.

    Attributes:
        file: Path as it is shown to the user.
        text: The decoded text with its line ends as they are in the file; offsets count its characters.
    """

    __slots__ = ("_last", "_starts", "file", "text")

    def __init__(self, *, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self._starts: list[int] | None = None
        self._last = (0, "")

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1, of a character offset."""
        if self._starts is None:
            ends = accumulate(map(len, self.text.split("\n")))
            self._starts = [0, *(end + number for number, end in enumerate(ends, 1))]
            self._starts.pop()
        line = bisect.bisect_right(self._starts, offset)
        # Editors do not count a byte order mark as a column.
        marked = 1 if line == 1 and offset and self.text.startswith("\ufeff") else 0
        return line, offset - self._starts[line - 1] + 1 - marked

    def location(self, start: int, end: int | None = None, path: str = "") -> Location:
        """The place from offset `start` up to, not including, `end`."""
        line, column = self.position(start)
        if end is None:
            return _new(Location, (self.file, line, column, None, None, path))
        starts = self._starts or ()
        if line > 1 and (line == len(starts) or end < starts[line]):
            # Nearly every value ends on the line on which it starts.
            end_line, end_column = line, column + end - start
        else:
            end_line, end_column = self.position(end)
        return _new(Location, (self.file, line, column, end_line, end_column, path))

    def line(self, number: int) -> str:
        """The text of line `number`, from 1, without its line end; empty past the end of the file."""
        self.position(0)
        assert self._starts is not None
        if not 1 <= number <= len(self._starts):
            return ""
        if self._last[0] != number:
            # A file can be one line of millions of characters with thousands of findings, each of which asks for it.
            start = self._starts[number - 1]
            end = self._starts[number] if number < len(self._starts) else len(self.text)
            text = self.text[start:end].rstrip("\r\n").removeprefix("\ufeff" if number == 1 else "")
            self._last = (number, text)
        return self._last[1]


class Mark(NamedTuple):
    """Offsets of one entry: its key's first and past-last character, then its value's.

    In a sequence the key's offsets equal the value's first character.
    """

    key: int
    key_end: int
    start: int
    end: int


class MapNode(dict[str, Any]):
    """A mapping as it stands in a file. Keys are always text, as printed; values are plain data or nodes."""

    __slots__ = ("end", "marks", "source", "start")

    def __init__(self, source: Source, start: int, end: int = 0) -> None:
        super().__init__()
        self.source = source
        self.start = start
        self.end = end
        self.marks: dict[str, Mark] = {}

    def text(self, key: str) -> str:
        """The value of `key` as it is printed in the file, quotes included."""
        mark = self.marks[key]
        return self.source.text[mark.start : mark.end]

    def location(self, key: str, path: str = "") -> Location:
        """Where the value of `key` stands."""
        mark = self.marks[key]
        return self.source.location(mark.start, mark.end, path)

    def key_location(self, key: str, path: str = "") -> Location:
        """Where `key` itself stands."""
        mark = self.marks[key]
        return self.source.location(mark.key, mark.key_end, path)


class SeqNode(list[Any]):
    """A sequence as it stands in a file."""

    __slots__ = ("end", "marks", "source", "start")

    def __init__(self, source: Source, start: int, end: int = 0) -> None:
        super().__init__()
        self.source = source
        self.start = start
        self.end = end
        self.marks: list[Mark] = []

    def text(self, index: int) -> str:
        """Item `index` as it is printed in the file."""
        mark = self.marks[index]
        return self.source.text[mark.start : mark.end]

    def location(self, index: int, path: str = "") -> Location:
        """Where item `index` stands."""
        mark = self.marks[index]
        return self.source.location(mark.start, mark.end, path)


def child_path(path: str, key: str | int) -> str:
    """The data path of an entry: `child_path("Models", 3)` is `Models[3]`."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else key


def mappings(items: Any, path: str = "") -> Iterator[tuple[MapNode, str]]:
    """The mappings in a list, each with its data path; none where it is no list."""
    for index, item in enumerate(items if isinstance(items, SeqNode) else ()):
        if isinstance(item, MapNode):
            yield item, child_path(path, index)


def walk(node: Any, path: str = "") -> Iterator[tuple[str, MapNode | SeqNode, str | int, Any]]:
    """Every entry below `node`, parents first: (data path, its container, key or index, value)."""
    entries: Any = ()
    if isinstance(node, MapNode):
        entries = node.items()
    elif isinstance(node, SeqNode):
        entries = enumerate(node)
    for key, value in entries:
        at = child_path(path, key)
        yield at, node, key, value
        yield from walk(value, at)
