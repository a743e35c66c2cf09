"""Metadata that is not of the shape of its dialect.

What:
    A required key is missing, or a value is of the wrong kind: a text where a list belongs, a number where a name
    belongs. The shapes are the JSON Schemas in `schemas/`.

Why:
    Programs that read the card skip what they do not expect, or stop at it. What is meant for readers is then lost
    without a word.

Bad:
    Models:
    - Metadata:
        Parameters: 61100840

Good:
    Models:
    - Name: AlexNet
      Metadata:
        Parameters: 61100840
"""

from __future__ import annotations

import datetime
import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from registry.checks.addresses import KEYS
from registry.checks.document_texts import Document, Leaf
from registry.checks.fixes import replacement
from registry.checks.message_text import either, short
from registry.checks.rule import Context, Problem, rule
from registry.checks.schema_check import ASK_FOR_SOMETHING, PARTS, ShapeError, shape_errors
from registry.checks.spelling import find
from registry.lazy_regex import lazy_regex
from registry.types import Fix, Location, MapNode, SeqNode, child_path

_LEFT_TO_RULES = {"exclusiveMinimum", "minimum", "maximum"}
"""Keywords that editors need, and that a rule reports with better words."""

_INDEX = lazy_regex(r"\[\d+\]")
_MANY = 4
"""Places of one file that lack the same key for one cause, such as a template."""

_KINDS = {
    "object": "mapping",
    "array": "list",
    "string": "text",
    "number": "number",
    "integer": "whole number",
    "boolean": "truth value",
}


@rule("MIR101", "shape", "error", "document", fixable=True)
def check(document: Document, context: Context) -> Iterator[Problem]:
    root, dialect = document.raw.root, document.dialect
    if not isinstance(root, MapNode | SeqNode) or dialect not in PARTS:
        return
    # Of a value that YAML took for something else the reader has said so, in better words.
    trapped = {finding.location.path for finding in document.raw.findings}
    seen: set[tuple[object, ...]] = set()
    lacking: dict[str, list[Problem]] = defaultdict(list)
    for error in shape_errors(root, dialect, exact=document.exact):
        at = (*error.path, "empty" if error.keyword in ASK_FOR_SOMETHING else error.keyword)
        if error.keyword in _LEFT_TO_RULES or at in seen:
            continue
        seen.add(at)
        problem = _problem(error, document, root)
        if error.keyword == "required":
            lacking[_INDEX.sub("", problem.message)].append(problem)
        elif error.keyword != "type" or problem.location.path not in trapped:
            yield problem
    for problems in lacking.values():
        yield from problems if len(problems) < _MANY else [_together(problems)]


def _together(problems: list[Problem]) -> Problem:
    return Problem.once(problems[0].message, (problem.location for problem in problems))


def _problem(error: ShapeError, document: Document, root: MapNode | SeqNode) -> Problem:
    printed, value = find(root, error.path)
    _, container = find(root, error.path[:-1])
    path = ""
    for step in printed:
        path = child_path(path, step)
    name = path or "the metadata"
    location = _location(container, printed, path, document, whole=error.keyword == "type")
    if error.keyword == "required":
        missing = [key for key in error.expected if key not in error.value]
        return Problem(f"{name} has no {' and no '.join(repr(key) for key in missing)}", location)
    if error.keyword in ASK_FOR_SOMETHING:
        return Problem(f"{name} is empty", location)
    if error.keyword == "enum":
        return Problem(
            f"{name} is {short(value)}; it may be {either([str(item) for item in error.expected])}", location
        )
    types = [error.expected] if isinstance(error.expected, str) else list(error.expected)
    message = f"{name} is {_described(value)}; {_wanted(types)} is meant"
    if "string" in types and printed and isinstance(container, MapNode | SeqNode):
        leaf = Leaf(container, printed[-1], value, path)
        # A mapping may stand for metadata, so that a number there is a puzzle; a number for a name or paper is none.
        if value is None or isinstance(value, dict | list):
            return Problem(message, location, hint="" if value else "Give it a value.")
        certain = isinstance(value, datetime.date) or (isinstance(value, float) and leaf.under in KEYS)
        if types != ["string"] and not certain:
            return Problem(message, location)
        return Problem(message, location, hint="Write it in quotes.", fix=_in_quotes(leaf, document))
    return Problem(message, location)


def _location(
    container: Any, printed: list[str | int], path: str, document: Document, *, whole: bool = False
) -> Location:
    if printed and isinstance(container, MapNode | SeqNode):
        place = container.location(printed[-1], path)  # type: ignore[arg-type]
        if whole and isinstance(container, MapNode):
            # A block begins below its key, and it is the key's whole value that is wrong.
            key = container.key_location(str(printed[-1]), path)
            return key if key.line < place.line else place
        return place
    return document.raw.source.location(document.raw.start, None, path)


def _described(value: Any) -> str:
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return f"the truth value {str(value).lower()}"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return f"the text {short(value)}" if isinstance(value, str) else f"the value {value}"


def _wanted(kinds: list[str]) -> str:
    names = [_KINDS[kind] for kind in kinds if kind in _KINDS]
    if "number" in names and "whole number" in names:
        names.remove("whole number")
    return "a " + either(names)


def _in_quotes(leaf: Leaf, document: Document) -> Fix | None:
    """A number or date that was meant as text: what is printed, in quotes."""
    text = leaf.text
    if isinstance(leaf.value, dict | list | None) or not text or not text.isprintable() or text[0] in "'\"*&!|>":
        return None
    quoted = json.dumps(text) if document.raw.kind == "json" else f"'{text}'"
    return replacement(leaf.node.source, leaf.span, quoted, f"Write {text} in quotes")
