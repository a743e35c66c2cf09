"""JSON to a tree with positions: the standard library's parser keeps none, and recurses."""

from __future__ import annotations

import json
from json.decoder import scanstring  # type: ignore[attr-defined]  # the C scanner, which typeshed leaves out
from typing import Any

from registry.lazy_regex import lazy_regex
from registry.read import ids
from registry.read.problems import Problems
from registry.read.tree_builder import LimitError, Node, Tree
from registry.types import MapNode, SeqNode, Source

_SPACE = lazy_regex(r"[ \t\r\n]*")
_NUMBER = lazy_regex(r"(-?(?:0|[1-9][0-9]*))(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_WORD = lazy_regex(r"-?[A-Za-z_][A-Za-z0-9_]*")
_LONE = lazy_regex("[\ud800-\udfff]")
_CONSTANTS = {"true": True, "false": False, "null": None}
_EXTENDED = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}


def parse_json(source: Source, start: int, end: int, problems: Problems) -> Node | None:
    """The value between the offsets `start` and `end`, `None` where it cannot be read or is no collection."""
    parser = _Parser(source, end, problems)
    try:
        parser.parse(start)
    except _SyntaxError as error:
        at = min(error.at, end)
        message = f"not valid JSON: {error.message}"
        problems.add(ids.JSON_SYNTAX, message, at, min(at + 1, end), path=parser.path(), hint=error.hint)
        return None
    except LimitError:
        return None
    return parser.root


class _SyntaxError(Exception):
    def __init__(self, message: str, at: int, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.at, self.hint = message, at, hint


class _Parser(Tree):
    def __init__(self, source: Source, end: int, problems: Problems) -> None:
        super().__init__(source, problems)
        self.text = source.text
        self.end = end

    def parse(self, at: int) -> None:
        """Read one value and everything in it, without recursion."""
        text = self.text
        at = self._skip(at)
        if at >= self.end:
            return
        while True:
            at = self._value(at)
            # Behind a value: the ends of what it closes, then a comma, or the end of all.
            while True:
                at = self._skip(at)
                if self.node is None:
                    if at < self.end:
                        raise _SyntaxError("something follows the end of the data", at)
                    return
                sign = text[at : at + 1]
                if sign == ",":
                    at = self._next(at)
                    break
                if sign != ("}" if type(self.node) is MapNode else "]"):
                    raise self._unexpected(at)
                at = self._close(at)

    def _value(self, at: int) -> int:
        """Read a value, or the start of a collection up to its first value that is none."""
        while True:
            sign = self.text[at : at + 1]
            if sign not in ("{", "["):
                value, end = self._string(at) if sign == '"' else self._scalar(at)
                self.put(value, at, end)
                return end
            self.open(MapNode if sign == "{" else SeqNode, at)
            at = self._skip(at + 1)
            if self.text[at : at + 1] == ("}" if sign == "{" else "]"):
                return self._close(at)
            if sign == "{":
                at = self._key(at)

    def _close(self, at: int) -> int:
        """Leave the innermost collection, whose closing bracket is at `at`."""
        node = self.close(at + 1)
        self.put(node, node.start, node.end)
        return at + 1

    def _next(self, comma: int) -> int:
        """Where the value behind a comma starts."""
        at = self._skip(comma + 1)
        if self.text[at : at + 1] in ("}", "]"):
            raise _SyntaxError("a comma stands before the end of a list or object", comma, "Remove the comma.")
        return self._key(at) if type(self.node) is MapNode else at

    def _skip(self, at: int) -> int:
        match = _SPACE.match(self.text, at)
        return at if match is None else match.end()

    def _key(self, at: int) -> int:
        """Read a key and its colon; return where its value starts."""
        if self.text[at : at + 1] != '"':
            raise _SyntaxError("a key must be in double quotes here", at)
        key, end = self._string(at)
        colon = self._skip(end)
        if self.text[colon : colon + 1] != ":":
            raise _SyntaxError(f"a ':' is missing after the key '{key[:40]}'", colon)
        self.name(key, at, end)
        return self._skip(colon + 1)

    def _string(self, at: int) -> tuple[str, int]:
        try:
            text, end = scanstring(self.text, at + 1, True)
        except json.JSONDecodeError as error:
            if "Unterminated" in error.msg:
                raise _SyntaxError("a quote is opened and never closed", at, "Close the quote.") from None
            if "control character" in error.msg:
                raise _SyntaxError(
                    "a text runs over the end of its line", error.pos, r"Close the quote, or write \n."
                ) from None
            raise _SyntaxError(
                "a backslash starts an escape that JSON lacks", error.pos, r"Write '\\' for one."
            ) from None
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
            # What no float can be is no number to anybody, and Python refuses to convert thousands of digits.
            return (int(whole) if len(whole) <= 300 else whole), match.end()
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
        raise self._unexpected(at, value=True)

    def _unexpected(self, at: int, *, value: bool = False) -> _SyntaxError:
        """What is wrong where a value, or what may follow one, was expected."""
        sign = self.text[at : at + 1]
        if at >= self.end:
            return _SyntaxError("the file ends before its data does", at, "Close what is open, or restore the rest.")
        if sign in ("/", "#"):
            return _SyntaxError("comments are not allowed", at)
        if sign == "'":
            return _SyntaxError("texts must be in double quotes", at)
        if not value:
            return _SyntaxError(f"a ',' or '{'}' if type(self.node) is MapNode else ']'}' is missing", at)
        word = _WORD.match(self.text, at)
        if word is None:
            return _SyntaxError("a value is missing", at)
        meant = {"none": "null", "true": "true", "false": "false"}.get(word[0].lower())
        hint = f"Write {meant}." if meant else "Put it in double quotes."
        return _SyntaxError(f"'{word[0][:40]}' is no value", at, hint)
