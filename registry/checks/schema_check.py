"""Holding a tree against its JSON Schema.

jsonschema judges, and says what is wrong. Where jsonschema-rs is installed it lets what is valid pass, which is all
of a good card and most of a bad one; the two agree on every case of the tests. A large index is judged model by model,
so that one bad model does not send its ten thousand neighbours through the slow judge.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, Protocol

from registry.checks.spelling import KeySpelling, find, respell
from registry.dialects.forms import Form, form_of
from registry.resources import resource
from registry.types import MapNode, SeqNode, child_path

PARTS: Mapping[str, Mapping[str, str]] = {
    "model-index": {"Models": "model", "Collections": "collection"},
    "metafile": {"Models": "model", "Collections": "collection"},
    "huggingface": {"model-index": "model"},
    "eval-results": {},
    "benchmark": {},
    "cards-json": {},
}
"""Dialects, and their lists whose items are judged one by one, with the definition that they are judged by."""

_FOLDED = ("model-index", "metafile")
"""Dialects whose keys are matched without regard to case and underscores, and whose files may be parts of an index."""

_DEFINITIONS: Mapping[Form | None, tuple[str, bool]] = {
    "model": ("model", False),
    "models": ("model", True),
    "result": ("result", False),
    "results": ("result", True),
    "metadata": ("metadata", False),
    "part": ("part", False),
}
"""The definition that a file of each form is judged by, and whether it is a list of such."""


class ShapeError(NamedTuple):
    """One way in which a tree is not what its schema says.

    Attributes:
        path: Keys and indices from the root, in the schema's spelling.
    """

    path: tuple[str | int, ...]
    keyword: str
    expected: Any
    value: Any


class _Fast(Protocol):
    def is_valid(self, instance: Any) -> bool: ...


@functools.cache
def schema(dialect: str) -> dict[str, Any]:
    """The schema of a dialect."""
    text = (resource("schemas") / f"{dialect}.schema.json").read_text(encoding="utf-8")
    contents: dict[str, Any] = json.loads(text)
    return contents


ASK_FOR_SOMETHING = {"minLength", "minItems", "pattern"}
"""Keywords by which a schema asks for something rather than nothing; its patterns ask for more than spaces."""


def refused_paths(root: Any, dialect: str, *, exact: bool = False) -> frozenset[str]:
    """Where a value stands whose type the schema refuses, or that is empty where it may not be, as printed paths."""
    if not isinstance(root, MapNode | SeqNode) or dialect not in PARTS:
        return frozenset()
    paths = set()
    for error in shape_errors(root, dialect, exact=exact):
        if error.keyword in {"type", *ASK_FOR_SOMETHING}:
            paths.add(functools.reduce(child_path, find(root, error.path)[0], ""))
    return frozenset(paths)


def shape_errors(root: MapNode | SeqNode, dialect: str, *, exact: bool = False) -> Iterator[ShapeError]:
    """Everything about a tree that its dialect's schema does not allow.

    Args:
        root: The tree.
        dialect: One of `PARTS`.
        exact: Whether its documented keys are known to be in their documented spelling.
    """
    definition, is_list = _definition(root, dialect)
    tree = root if exact or dialect not in _FOLDED else respell(root, root_plan(root, dialect))
    if is_list:
        for number, item in enumerate(tree):
            if not _passes(item, dialect, definition):
                yield from _judge(item, dialect, definition, (number,))
        return
    if _passes(tree, dialect, definition):
        return
    if isinstance(tree, Mapping) and not definition:
        shell = dict(tree)
        for key, part in PARTS[dialect].items():
            items = tree.get(key)
            if isinstance(items, list):
                shell[key] = []
                for number, item in enumerate(items):
                    if not _passes(item, dialect, part):
                        yield from _judge(item, dialect, part, (key, number))
        tree = shell
    yield from _judge(tree, dialect, definition, ())


def _definition(root: Any, dialect: str) -> tuple[str, bool]:
    """The definition that a root is judged by, empty for the whole schema, and whether it is a list of such."""
    if dialect not in _FOLDED:
        return "", False
    return _DEFINITIONS.get(form_of(root), ("", False))


def root_plan(root: Any, dialect: str) -> KeySpelling:
    """The keys that a dialect documents for such a root."""
    definition, is_list = _definition(root, dialect)
    plan = plan_of(dialect, definition)
    return KeySpelling(items=plan) if is_list else plan


def _subschema(dialect: str, definition: str) -> dict[str, Any]:
    whole = schema(dialect)
    if not definition:
        return whole
    definitions = dict(whole["$defs"])
    if definition == "part":
        definitions["part"] = {key: value for key, value in definitions["model"].items() if key != "required"}
    return {"$schema": whole["$schema"], "$ref": f"#/$defs/{definition}", "$defs": definitions}


@functools.cache
def plan_of(dialect: str, definition: str = "") -> KeySpelling:
    """The keys that a dialect documents, or one of its definitions."""
    return KeySpelling.of(_subschema(dialect, definition))


@functools.cache
def _fast(dialect: str, definition: str) -> _Fast | None:
    try:
        import jsonschema_rs
    except ImportError:
        return None
    validator: _Fast = jsonschema_rs.Draft202012Validator(_subschema(dialect, definition))
    return validator


def _passes(tree: Any, dialect: str, definition: str) -> bool:
    fast = _fast(dialect, definition)
    if fast is None:
        return False
    try:
        return fast.is_valid(tree)
    except ValueError:
        # It knows JSON's types only; YAML has dates too, which are jsonschema's to judge.
        return False


@functools.cache
def _judge_of(dialect: str, definition: str) -> Any:
    import jsonschema

    return jsonschema.Draft202012Validator(_subschema(dialect, definition))


def _judge(tree: Any, dialect: str, definition: str, base: tuple[str | int, ...]) -> Iterator[ShapeError]:
    for error in _judge_of(dialect, definition).iter_errors(tree):
        path = (*base, *error.absolute_path)
        yield ShapeError(path, str(error.validator), error.validator_value, error.instance)
