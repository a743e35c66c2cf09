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

from registry.checks.spelling import KeySpelling, respell
from registry.resources import resource
from registry.types import MapNode, SeqNode

PARTS: Mapping[str, Mapping[str, str]] = {
    "model-index": {"Models": "model", "Collections": "collection"},
    "metafile": {"Models": "model", "Collections": "collection"},
    "huggingface": {"model-index": "model"},
    "eval-results": {},
}
"""Dialects, and their lists whose items are judged one by one, with the definition that they are judged by."""

_FOLDED = ("model-index", "metafile")
"""Dialects whose keys are matched without regard to case and underscores."""


class ShapeError(NamedTuple):
    """One way in which a tree is not what its schema says.

    Attributes:
        path: Keys and indices from the root, in the schema's spelling.
        keyword: The schema's keyword, such as `type`.
        expected: Its value.
        value: What stands there.
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
    found: dict[str, Any] = json.loads(text)
    return found


def shape_errors(root: MapNode | SeqNode, dialect: str, *, exact: bool = False) -> Iterator[ShapeError]:
    """Everything about a tree that its dialect's schema does not allow.

    Args:
        root: The tree.
        dialect: One of `PARTS`.
        exact: Whether its documented keys are known to be in their documented spelling.
    """
    tree = root if exact or dialect not in _FOLDED else respell(root, plan_of(dialect))
    if _passes(tree, dialect, ""):
        return
    if isinstance(tree, Mapping):
        shell = dict(tree)
        for key, definition in PARTS[dialect].items():
            items = tree.get(key)
            if isinstance(items, list):
                shell[key] = []
                for number, item in enumerate(items):
                    if not _passes(item, dialect, definition):
                        yield from _judge(item, dialect, definition, (key, number))
        tree = shell
    yield from _judge(tree, dialect, "", ())


def _subschema(dialect: str, definition: str) -> dict[str, Any]:
    whole = schema(dialect)
    if not definition:
        return whole
    return {"$schema": whole["$schema"], "$ref": f"#/$defs/{definition}", "$defs": whole["$defs"]}


@functools.cache
def plan_of(dialect: str) -> KeySpelling:
    """The keys that a dialect documents."""
    return KeySpelling.of(schema(dialect))


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
