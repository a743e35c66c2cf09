"""Card text made safe to print: it comes from strangers, and terminals and CI logs obey what they are sent."""

from __future__ import annotations

import re

_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # C0, DEL and C1: cursor movement, colours, window titles
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks that reorder what is read
    "\u2028\u2029\ufeff\ufffe\uffff"
    "\ud800-\udfff"  # halves of a pair, which no encoding can write
    "]"
)

# The Actions runner obeys `##[command]` anywhere in a line of the log, see ActionCommand.cs in actions/runner.
_OLD_COMMAND = "##["
_COMMAND = re.compile(r"^(\s*:):")
"""And `::command::` at the beginning of a line, be it a file's name."""


def plain(text: str) -> str:
    r"""The text with every character that a terminal or a CI log could obey shown instead of sent.

    >>> plain("red \x1b[31m, bell \x07, \u202egnol.")
    'red ␛[31m, bell ␇, \\u202egnol.'
    """
    if text.isascii() and text.isprintable() and _OLD_COMMAND not in text and "::" not in text:
        return text
    return _COMMAND.sub(r"\1\\:", _UNSAFE.sub(_shown, text).replace(_OLD_COMMAND, "##\\["))


def _shown(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
