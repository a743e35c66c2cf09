"""JSON that means the same to every reader.

RFC 8259, section 4, leaves open what an object with a name twice means: one reader takes the first value, another the
last. What is signed must not depend on that, so such text is refused; `NaN` and `Infinity` are no JSON at all.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, NoReturn


class JsonError(ValueError):
    """Text that is not JSON, or that readers could understand in two ways.

    Attributes:
        at: Where reading stopped: a position in the text; zero where nobody can say.
    """

    def __init__(self, message: str, at: int = 0) -> None:
        super().__init__(message)
        self.at = at


def load(data: bytes) -> Any:
    """The one value in a text of JSON in UTF-8.

    Raises:
        JsonError: It is something else, or a name appears twice in an object.
    """
    text = decode(data)
    value, end = read(text, _start(text, 0))
    if text[end:].strip(_SPACE):
        raise JsonError("something follows the end of its JSON", end)
    return value


def decode(data: bytes) -> str:
    """The text of a file of JSON, without the byte order mark that some editors put before it.

    Raises:
        JsonError: It is not UTF-8.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise JsonError("it is not JSON: it is not UTF-8") from error


def values(text: str) -> Iterator[tuple[int, Any]]:
    """Every value in a text that holds one after the other, on lines of their own or not, and where each begins.

    What is broken is given as a `JsonError`, and reading goes on at the next line that begins with a brace, unless
    there is too much of it: naming each place takes as long as reading up to there.
    """
    at = _start(text, 0)
    broken = 0
    while at < len(text):
        try:
            value, end = read(text, at)
        except JsonError as error:
            yield at, error
            broken += 1
            if broken == _MOST_BROKEN:
                yield at, JsonError(f"{broken} places before are no JSON; what follows is not read", at)
                return
            following = text.find("\n{", at)
            at = len(text) if following < 0 else following + 1
        else:
            yield at, value
            at = _start(text, end)


def read(text: str, at: int) -> tuple[Any, int]:
    """The value that begins at a place in a text, and where it ends.

    Raises:
        JsonError: There is none, or a name appears twice in an object of it.
    """
    try:
        return _DECODER.raw_decode(text, at)
    except json.JSONDecodeError as error:
        raise JsonError(f"it is not JSON: {error.msg}", error.pos) from error
    # A few thousand brackets exhaust the parser's stack, and a number of five thousand digits its patience.
    except RecursionError as error:
        raise JsonError("it is not JSON: it is nested too deeply", at) from error
    except JsonError:
        raise
    except ValueError as error:
        raise JsonError(f"it is not JSON: {error}", at) from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    entries = dict(pairs)
    if len(entries) != len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise JsonError(f"'{twice[:60]}' appears twice in one of its objects")
    return entries


def _constant(name: str) -> NoReturn:
    raise JsonError(f"it is not JSON: {name} is no number")


def _start(text: str, at: int) -> int:
    while at < len(text) and text[at] in _SPACE:
        at += 1
    return at


_SPACE = " \t\r\n"
_MOST_BROKEN = 100
_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_constant)
