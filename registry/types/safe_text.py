"""Somebody else's words as they may stand in a sentence of ours: every character is seen, and none does anything."""

from __future__ import annotations

import re
from typing import Final

from registry.lazy_regex import lazy_regex

LONGEST_SENTENCE: Final = 2000
"""Characters of a sentence; what it quotes may be as long as a card."""

_UNSEEN = lazy_regex(
    "[\x00-\x1f\x7f-\x9f"  # C0, DEL and C1: cursor movement, colours, window titles
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # marks that reorder what is read
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2065\u2800\u3164\ufeff\uffa0"  # no width
    "\u2028\u2029\ufff0-\ufffb\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"  # more of no width, letters among them
    "\ufe00-\ufe0e\ud800-\udfff"  # other forms of a character; halves of a pair, which no encoding can write
    "]|(?<=[A-Za-z])\ufe0f"  # the form as a picture, which belongs behind what has one
)


def safe_text(text: str) -> str:
    r"""The text with every character that cannot be seen, or that a terminal obeys, shown by its number.

    >>> safe_text("red \x1b[31m, bell \x07, \u202egnol, Para\u200bmeters")
    'red ␛[31m, bell ␇, \\u202egnol, Para\\u200bmeters'
    """
    return text if text.isascii() and text.isprintable() else _UNSEEN.sub(_shown, text)


def shortened(text: str, most: int = 40) -> str:
    """As much of a text as has room, such as what a message quotes: three dots stand for the end of a longer one.

    >>> shortened("Top 1 Accuracy", 10)
    'Top 1 A...'
    """
    return text if len(text) <= most else f"{text[: most - 3]}..."


def safe_sentence(text: str) -> str:
    """The same of a sentence that quotes somebody, and no more of it than anybody reads."""
    return safe_text(shortened(text, LONGEST_SENTENCE))


# The Actions runner obeys `##[command]` anywhere in a line of the log, see ActionCommand.cs in actions/runner.
_OLD_COMMAND = "##["
_COMMAND = lazy_regex(r"^(\s*:):")
"""And `::command::` at the beginning of a line, be it a file's name."""


def plain(text: str) -> str:
    r"""The text with every character that a terminal or a CI log could obey shown instead of sent.

    >>> plain("red \x1b[31m, bell \x07, \u202egnol.")
    'red ␛[31m, bell ␇, \\u202egnol.'
    """
    if text.isascii() and text.isprintable() and _OLD_COMMAND not in text and "::" not in text:
        return text
    return _COMMAND.sub(r"\1\\:", safe_text(text).replace(_OLD_COMMAND, "##\\["))


def _shown(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
