"""libyaml's complaints as sentences that name the mistake."""

from __future__ import annotations

from pathlib import Path

import yaml

from registry.lazy_regex import lazy_regex
from registry.read import ids
from registry.read.problems import NESTED_TOO_DEEP, Problems
from registry.vocabulary.toml_files import own_table

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
    for sentence in own_table(Path(__file__).with_suffix(".toml"))["sentences"]:
        if sentence["known"] in problem:
            message, hint = sentence["message"], sentence["hint"]
            if "never closed" in message and at >= end and (opened := getattr(error, "context_mark", None)) is not None:
                at = min(start + opened.index, end)
            if sentence["known"] == "found character" and text[at : at + 1] == "\t":
                message, hint = "a tab stands where YAML allows only spaces", "Indent with spaces."
            problems.add(ids.YAML_SYNTAX, f"not valid YAML: {message}", at, min(at + 1, end), hint=hint)
            return
    problems.add(ids.YAML_SYNTAX, f"not valid YAML: {problem}", at, min(at + 1, end))
