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

_TOKEN = re.compile(
    r"""
    "(?:[^"\\]|\\.)*(?P<closed>")?            # a string, closed or not
    | '[^']*'?
    | [{}\[\],]
    | :(?=\s|$|["'{\[])
    | [^\s{}\[\],:"'](?:[^{}\[\],:\n]|:(?=\S))*  # a plain scalar
    """,
    re.VERBOSE,
)


class FlowPlace(NamedTuple):
    """What a place stands in.

    Attributes:
        above: The keys around it, outermost first.
        key: The key whose value is meant; `None` where a key is.
        quoted: Whether it is inside of a string already.
    """

    above: list[str]
    key: str | None
    quoted: bool


def flow_place(before: str) -> FlowPlace | None:
    """The place at the end of some text; `None` where no bracket is open there.

    >>> flow_place('{"Metadata": {"FLOPs": 3, "Par')
    FlowPlace(above=['Metadata'], key=None, quoted=True)
    >>> flow_place('{type: accuracy, value: ')
    FlowPlace(above=[], key='value', quoted=False)
    """
    above: list[tuple[str, str | None]] = []  # for each open bracket, which one it is and the key that holds it
    key: str | None = None  # whose value comes next
    word, quoted = "", False
    for token in _TOKEN.finditer(before):
        text = token[0]
        quoted = False
        if text in ("{", "["):
            above.append((text, key))
            key, word = None, ""
        elif text in ("}", "]"):
            if above:
                above.pop()
            key, word = None, ""
        elif text == ",":
            key, word = None, ""
        elif text == ":":
            key, word = word, ""
        else:
            open_string = text.startswith('"') and not token["closed"]
            quoted = open_string and token.end() == len(before)
            word = text.strip("\"' ")
    if not above:
        return None
    names = [name for _, name in above if name]
    if key is None and above[-1][0] == "[":
        # An entry of a list is a value of the list's own key.
        return FlowPlace(names[:-1] if above[-1][1] else names, above[-1][1] or "", quoted)
    return FlowPlace(names, key, quoted)


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


def complete(text: str, line: int, column: int, vocabulary: Vocabulary, *, json_text: bool = False) -> list[Completion]:
    """What could stand at a place.

    Args:
        text: The whole document; it need not be whole or right, since it is being written.
        line: Line of the place, from 0.
        column: Characters before it in the line.
        vocabulary: The names that are known.
        json_text: Whether the document is JSON, in which keys and names are quoted.
    """
    lines = text.split("\n")
    before = lines[line][:column] if line < len(lines) else ""
    dialect = _dialect(lines, line)
    if json_text:
        place = flow_place("\n".join([*lines[:line], before]))
        if place is None:
            return []
        completions = _at(place.above, place.key, dialect, vocabulary)
        return [
            completion._replace(text=completion.text.removesuffix(": ")) if place.quoted else _quoted(completion)
            for completion in completions
        ]
    above = _parents(lines, line, before)
    start = _LINE.match(before)
    key = None if start is None or start["key"] is None else _bare(start["key"])
    flow = flow_place(before[start.end() if start else 0 :])
    if flow is not None:
        return _at([*above, *([key] if key else []), *flow.above], flow.key, dialect, vocabulary)
    return _at(above, key, dialect, vocabulary)


def _at(above: list[str], key: str | None, dialect: str, vocabulary: Vocabulary) -> list[Completion]:
    """What could stand under some keys: the value of a key, or a key where it is `None`."""
    if key is not None:
        return [Completion(name, "value", detail) for name, detail in _values(fold(key), above, dialect, vocabulary)]
    if above and fold(above[-1]) == "metrics" and dialect == "model-index":
        names = {term.name for term in vocabulary.metrics.values()}
        return [Completion(f"{name}: ", "key", "metric") for name in sorted(names)]
    plan = _plan(dialect)
    for name in above:
        plan = _below(plan, name)
    if above and not plan.names:
        # A list of names, such as `Training Data`.
        return _at(above[:-1], above[-1], dialect, vocabulary)
    return [Completion(f"{name}: ", "key", "key") for name in sorted(set(plan.names.values()))]


def _quoted(completion: Completion) -> Completion:
    if completion.kind == "key":
        return completion._replace(text=f"{json.dumps(completion.text.removesuffix(': '), ensure_ascii=False)}: ")
    return completion._replace(text=json.dumps(completion.text, ensure_ascii=False))


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
        match = _LINE.match(text)
        if match is None or not text.strip() or text.lstrip().startswith("#"):
            continue
        indent = len(match["indent"]) + len(match["items"])
        if match["key"] is not None and indent < limit and (indent < depth or listed):
            keys.append(_bare(match["key"]))
            depth, listed = indent, False
            limit = len(match["indent"]) + 1 if match["items"] else indent
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


def _values(key: str, above: list[str], dialect: str, vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
    on_hub = dialect == "huggingface"
    if key in ("type", "name") and above:
        key = {"task": "task", "dataset": "dataset", "metrics": "metric"}.get(fold(above[-1]), key)
    terms: Mapping[str, Callable[[], Iterable[str]]] = {
        "dataset": lambda: (term.name for term in vocabulary.datasets.values()),
        "training data": lambda: (term.name for term in vocabulary.datasets.values()),
        "task": lambda: (
            hub_identifiers("tasks").values() if on_hub else (term.name for term in vocabulary.tasks.values())
        ),
        "metric": lambda: (
            hub_identifiers("metrics").values() if on_hub else (term.name for term in vocabulary.metrics.values())
        ),
        "metrics": lambda: hub_identifiers("metrics").values() if on_hub else (),
        "license": lambda: hub_identifiers("licenses").values(),
        "pipeline tag": lambda: hub_identifiers("tasks").values(),
        "library name": lambda: hub_identifiers("libraries").values(),
    }
    if key in terms:
        yield from ((name, key) for name in sorted(set(terms[key]())))
