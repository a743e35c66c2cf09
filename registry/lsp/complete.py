"""What could stand at a place of a card: keys of its schema, and names of the vocabulary."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Literal, NamedTuple

from registry.checks.spelling import KeySpelling
from registry.resources import resource
from registry.vocabulary import Vocabulary, fold
from registry.vocabulary.hub_identifiers import hub_identifiers

_LINE = re.compile(
    r"^(?P<indent>[ ]*)(?P<items>(?:- +)*)(?:(?P<key>[^\s#:\-'\"{\[][^:#]*?|'[^']*'|\"[^\"]*\")\s*:(?=\s|$))?"
)
_FENCE = re.compile(r"^(---|<!--)\s*$")


class Completion(NamedTuple):
    """One thing that could stand there.

    Attributes:
        text: What is put in.
        kind: Whether it is a key or a value.
        detail: What it is, in a few words.
    """

    text: str
    kind: Literal["key", "value"]
    detail: str


def complete(text: str, line: int, column: int, vocabulary: Vocabulary) -> list[Completion]:
    """What could stand at a place.

    Args:
        text: The whole document; it need not be whole or right, since it is being written.
        line: Line of the place, from 0.
        column: Characters before it in the line.
        vocabulary: The names that are known.
    """
    lines = text.split("\n")
    before = lines[line][:column] if line < len(lines) else ""
    above = _parents(lines, line, before)
    found = _LINE.match(before)
    if found and found["key"] is not None:
        return [Completion(name, "value", what) for name, what in _values(fold(_bare(found["key"])), above, vocabulary)]
    if above and fold(above[-1]) == "metrics":
        names = {term.name for term in vocabulary.metrics.values()}
        return [Completion(f"{name}: ", "key", "metric") for name in sorted(names)]
    plan = _plan(_dialect(lines, line))
    for key in above:
        plan = _below(plan, key)
    return [Completion(f"{name}: ", "key", "key") for name in sorted(set(plan.names.values()))]


def _parents(lines: list[str], line: int, before: str) -> list[str]:
    """The keys that a line stands under, outermost first, by indentation."""
    here = _LINE.match(before)
    assert here is not None
    depth = len(here["indent"]) + len(here["items"])
    keys: list[str] = []
    # A list may stand at the indentation of the key that it belongs to.
    listed = bool(here["items"]) and not here["indent"]
    limit = len(here["indent"]) + 1 if here["items"] else depth
    for text in reversed(lines[:line]):
        if _FENCE.match(text):
            break
        found = _LINE.match(text)
        if found is None or not text.strip() or text.lstrip().startswith("#"):
            continue
        indent = len(found["indent"]) + len(found["items"])
        if found["key"] is not None and indent < limit and (indent < depth or listed):
            keys.append(_bare(found["key"]))
            depth, listed = indent, False
            limit = len(found["indent"]) + 1 if found["items"] else indent
    return keys[::-1]


def _bare(key: str) -> str:
    return key.strip().strip("'\"")


def _dialect(lines: list[str], line: int) -> str:
    """The schema that a document is written for, as far as its text tells."""
    if lines and lines[0].startswith("---") and any(text.startswith("---") for text in lines[line:]):
        return "huggingface"
    return "model-index"


@cache
def _plan(dialect: str) -> KeySpelling:
    schema = json.loads((resource("schemas") / f"{dialect}.schema.json").read_text(encoding="utf-8"))
    return KeySpelling.of(schema)


def _below(plan: KeySpelling, key: str) -> KeySpelling:
    name = plan.names.get(fold(key), key)
    below = plan.children.get(name, KeySpelling())
    while below.items is not None and not below.names:
        below = below.items
    return below


def _values(key: str, above: list[str], vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
    if key in ("type", "name") and above:
        key = {"task": "task", "dataset": "dataset", "metrics": "metric"}.get(fold(above[-1]), key)
    terms: Mapping[str, Callable[[], Iterable[str]]] = {
        "dataset": lambda: (term.name for term in vocabulary.datasets.values()),
        "training data": lambda: (term.name for term in vocabulary.datasets.values()),
        "task": lambda: (term.name for term in vocabulary.tasks.values()),
        "metric": lambda: (term.name for term in vocabulary.metrics.values()),
        "license": lambda: hub_identifiers("licenses").values(),
        "pipeline tag": lambda: hub_identifiers("tasks").values(),
    }
    if key in terms:
        yield from ((name, key) for name in sorted(set(terms[key]())))
