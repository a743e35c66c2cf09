"""JSON to a tree with positions: the standard library's parser keeps none, and recurses."""

from __future__ import annotations

import json
import re
from json.decoder import scanstring  # type: ignore[attr-defined]  # the C scanner, which typeshed leaves out
from typing import Any

from registry.read import ids
from registry.read.limits import MAX_DEPTH
from registry.read.problems import Problems
from registry.types import MapNode, Mark, SeqNode, Source, child_path

Node = MapNode | SeqNode

_SPACE = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"(-?(?:0|[1-9][0-9]*))(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_WORD = re.compile(r"-?[A-Za-z_][A-Za-z0-9_]*")
_LONE = re.compile("[\ud800-\udfff]")
_CONSTANTS = {"true": True, "false": False, "null": None}
_EXTENDED = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}


def parse_json(source: Source, start: int, end: int, problems: Problems) -> Node | None:
    """The value between the offsets `start` and `end`, `None` where it cannot be read or is no collection."""
    parser = _Parser(source, end, problems)
    try:
        return parser.parse(start)
    except _Error as error:
        problems.add(
            ids.TOO_DEEP if error.too_deep else ids.JSON_SYNTAX,
            error.message if error.too_deep else f"not valid JSON: {error.message}",
            min(error.at, end),
            min(error.at + 1, end),
            path=parser.path(),
            hint=error.hint,
        )
        return None


class _Error(Exception):
    def __init__(self, message: str, at: int, hint: str = "", *, too_deep: bool = False) -> None:
        super().__init__(message)
        self.message, self.at, self.hint, self.too_deep = message, at, hint, too_deep


class _Parser:
    def __init__(self, source: Source, end: int, problems: Problems) -> None:
        self.source = source
        self.text = source.text
        self.end = end
        self.problems = problems
        self.stack: list[tuple[Node, tuple[str, int, int] | None]] = []
        self.node: Node | None = None
        self.key: tuple[str, int, int] | None = None  # in an object, the key that waits for its value, and its offsets

    def parse(self, at: int) -> Node | None:
        """Read one value and everything in it, without recursion."""
        text = self.text
        at = self._skip(at)
        if at >= self.end:
            return None
        while True:
            sign, start = text[at : at + 1], at
            value: Any
            if sign == '"':
                value, at = self._string(at)
            elif sign in ("{", "["):
                at = self._open(at, sign)
                if text[at : at + 1] != ("}" if sign == "{" else "]"):
                    if sign == "{":
                        at = self._key(at)
                    continue
                value, start, at = self._close(at)
            else:
                value, at = self._scalar(at)
            while True:
                if self.node is None:
                    return self._finish(value, at)
                self._put(value, start, at)
                mapping = type(self.node) is MapNode
                at = self._skip(at)
                sign = text[at : at + 1]
                if sign == ",":
                    comma, at = at, self._skip(at + 1)
                    if text[at : at + 1] in ("}", "]"):
                        raise _Error("a comma stands before the end of a list or object", comma, "Remove the comma.")
                    if mapping:
                        at = self._key(at)
                    break
                if sign != ("}" if mapping else "]"):
                    raise self._unexpected(at, mapping)
                value, start, at = self._close(at)

    def _open(self, at: int, sign: str) -> int:
        if len(self.stack) + (self.node is not None) >= MAX_DEPTH:
            raise _Error(f"objects and arrays are nested more than {MAX_DEPTH} deep", at, too_deep=True)
        if self.node is not None:
            self.stack.append((self.node, self.key))
        self.node = MapNode(self.source, at) if sign == "{" else SeqNode(self.source, at)
        self.key = None
        return self._skip(at + 1)

    def _close(self, at: int) -> tuple[Node, int, int]:
        """Leave the innermost collection, whose closing bracket is at `at`."""
        node = self.node
        assert node is not None
        node.end = at + 1
        self.node, self.key = self.stack.pop() if self.stack else (None, None)
        return node, node.start, node.end

    def _put(self, value: Any, start: int, end: int) -> None:
        node = self.node
        if isinstance(node, MapNode) and self.key is not None:
            key, key_start, key_end = self.key
            node[key] = value
            node.marks[key] = Mark(key_start, key_end, start, end)
        elif isinstance(node, SeqNode):
            node.append(value)
            node.marks.append(Mark(start, start, start, end))

    def _finish(self, value: Any, at: int) -> Node | None:
        at = self._skip(at)
        if at < self.end:
            raise _Error("something follows the end of the data", at)
        return value if isinstance(value, MapNode | SeqNode) else None

    def path(self) -> str:
        """The data path of what is being read."""
        path = ""
        for node, key in [*self.stack, (self.node, self.key)]:
            if isinstance(node, SeqNode):
                path = child_path(path, len(node))
            elif key is not None:
                path = child_path(path, key[0])
        return path

    def _skip(self, at: int) -> int:
        match = _SPACE.match(self.text, at)
        return at if match is None else match.end()

    def _key(self, at: int) -> int:
        """Read a key and its colon; return where its value starts."""
        start = at
        if self.text[at : at + 1] != '"':
            raise _Error("a key must stand in double quotes here", at)
        self.key = None
        key, end = self._string(at)
        at = self._skip(end)
        if self.text[at : at + 1] != ":":
            raise _Error(f"a ':' is missing after the key '{key[:40]}'", at)
        assert isinstance(self.node, MapNode)
        self.key = (key, start, end)
        if key in self.node:
            first = self.node.marks[key]
            self.problems.add(
                ids.DUPLICATE_KEY,
                f"the key '{key[:60]}' stands twice in this mapping, and only the second value counts",
                start,
                end,
                path=self.path(),
                related=(first.key, first.key_end),
            )
        return self._skip(at + 1)

    def _string(self, at: int) -> tuple[str, int]:
        try:
            text, end = scanstring(self.text, at + 1, True)
        except json.JSONDecodeError as error:
            if "Unterminated" in error.msg:
                raise _Error("a quote is opened and never closed", at, "Close the quote.") from None
            if "control character" in error.msg:
                raise _Error(
                    "a text runs over the end of its line", error.pos, r"Close the quote, or write \n."
                ) from None
            raise _Error("a backslash starts an escape that JSON lacks", error.pos, r"Write '\\' for one.") from None
        if "\\u" in self.text[at:end] and _LONE.search(text):
            self.problems.add(
                ids.ENCODING,
                "half of a UTF-16 pair is no character",
                at,
                end,
                path=self.path(),
                hint="Write both halves.",
            )
            text = _LONE.sub("\ufffd", text)
        return text, end

    def _scalar(self, at: int) -> tuple[Any, int]:
        match = _NUMBER.match(self.text, at)
        word = _WORD.match(self.text, at)
        if match is not None:
            whole, fraction, exponent = match.groups()
            if fraction or exponent:
                return float(match[0]), match.end()
            # Python refuses to convert thousands of digits, and nobody counts so many of anything.
            return (int(whole) if len(whole) <= 1000 else whole), match.end()
        if word is not None and word[0] in _CONSTANTS:
            return _CONSTANTS[word[0]], word.end()
        if word is not None and word[0] in _EXTENDED:
            self.problems.add(
                ids.JSON_SYNTAX,
                f"'{word[0]}' is not JSON",
                at,
                word.end(),
                path=self.path(),
                hint="Write null or a number.",
            )
            return _EXTENDED[word[0]], word.end()
        raise self._unexpected(at, None)

    def _unexpected(self, at: int, mapping: bool | None) -> _Error:
        """What is wrong where a value, or what may follow one, was expected."""
        sign = self.text[at : at + 1]
        if at >= self.end:
            return _Error("the file ends before its data does", at, "Close what is open, or restore the rest.")
        if sign == "/" or sign == "#":
            return _Error("comments are not allowed", at)
        if sign == "'":
            return _Error("texts stand in double quotes", at)
        if mapping is None:
            word = _WORD.match(self.text, at)
            if word is not None:
                hint = (
                    f"Write {word[0].lower()}." if word[0].lower() in ("true", "false") else "Put it in double quotes."
                )
                return _Error(f"'{word[0][:40]}' is no value", at, "Write null." if word[0] == "None" else hint)
            return _Error("a value is missing", at)
        return _Error(f"a ',' or '{'}' if mapping else ']'}' is missing", at)
