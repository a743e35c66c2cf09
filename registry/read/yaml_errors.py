"""libyaml's complaints as sentences that name the mistake."""

from __future__ import annotations

import yaml

from registry.lazy_regex import lazy_regex
from registry.read import ids
from registry.read.problems import NESTED_TOO_DEEP, Problems

# What libyaml and PyYAML say (a part of it), what is wrong, what to do.
_SENTENCES: tuple[tuple[str, str, str], ...] = (
    (
        "mapping values are not allowed",
        "a ':' followed by a space starts a value, where no value can start",
        "Put the text in quotes, or start the key on a new line with the right indentation.",
    ),
    (
        "found character '\\t' that cannot start any token",
        "a tab stands where YAML allows only spaces",
        "Indent with spaces.",
    ),
    ("found a tab character", "a tab stands where YAML allows only spaces", "Indent with spaces."),
    ("found character", "a character stands here that cannot start a value", "Put the text in quotes."),
    ("expected <block end>", "this line does not fit what stands above it", "Compare its indentation and quotes."),
    ("could not find expected ':'", "a key without ':' and value", "Write 'key: value', or put the text in quotes."),
    ("did not find expected key", "this line does not fit the mapping above it", "Compare its indentation and quotes."),
    (
        "did not find expected '-' indicator",
        "this line does not fit the list above it",
        "Start it with '- ', or compare its indentation.",
    ),
    ("found unexpected end of stream", "a quote is opened and never closed", "Close the quote."),
    ("did not find expected ',' or ']'", "a '[' is never closed, or a ',' is missing before this", ""),
    ("expected ',' or ']'", "a '[' is never closed, or a ',' is missing before this", ""),
    ("did not find expected ',' or '}'", "a '{' is never closed, or a ',' is missing before this", ""),
    ("expected ',' or '}'", "a '{' is never closed, or a ',' is missing before this", ""),
    (
        "block sequence entries are not allowed",
        "a list item cannot start here",
        "Start the list on a new line, or put the '-' in quotes.",
    ),
    ("unknown escape character", "a backslash in double quotes starts an escape that YAML lacks", "Use single quotes."),
    (
        "expected alphabetic or numeric character",
        "a text that begins with '*' or '&' refers to another value",
        "Put it in quotes, such as '*.md'.",
    ),
    ("found duplicate anchor", "an anchor of this name exists already", ""),
)
_CONTROL = lazy_regex("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def report_error(error: yaml.YAMLError, start: int, end: int, problems: Problems) -> None:
    """Report why the block between `start` and `end` is not YAML."""
    text = problems.source.text
    if isinstance(error, yaml.reader.ReaderError):
        match = _CONTROL.search(text, start, end)
        at = match.start() if match else start
        code = ord(text[at]) if match else 0
        problems.add(
            ids.ENCODING,
            f"the character U+{code:04X} does not belong in a text file",
            at,
            at + 1,
            hint="Delete it; it often comes from copying out of a PDF or a terminal.",
        )
        return
    problem = str(getattr(error, "problem", None) or "it cannot be read")
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    at = min(start + (mark.index if mark is not None else 0), end)
    if "nesting depth" in problem:  # libyaml 0.2.6 and newer stop by themselves, at a depth of their own
        problems.add(ids.TOO_DEEP, NESTED_TOO_DEEP, at, min(at + 1, end))
        return
    for known, message, hint in _SENTENCES:
        if known in problem:
            if "never closed" in message and at >= end and (opened := getattr(error, "context_mark", None)) is not None:
                at = min(start + opened.index, end)
            if known == "found character" and text[at : at + 1] == "\t":
                message, hint = "a tab stands where YAML allows only spaces", "Indent with spaces."
            problems.add(ids.YAML_SYNTAX, f"not valid YAML: {message}", at, min(at + 1, end), hint=hint)
            return
    problems.add(ids.YAML_SYNTAX, f"not valid YAML: {problem}", at, min(at + 1, end))
