"""Card text made safe to print: it comes from strangers, and terminals and CI logs obey what they are sent."""

from __future__ import annotations

from registry.lazy_regex import lazy_regex
from registry.types.safe_text import safe_text

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
