"""Keys in the spelling of the schema: model-index matches them without regard to case, underscores for spaces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from registry.types import MapNode, SeqNode, child_path
from registry.vocabulary import fold


@dataclass(slots=True)
class KeySpelling:
    """Which keys a schema documents, and what stands below them.

    Attributes:
        names: Documented keys by their folded spelling.
        children: What a key's value may be.
        items: What a list's items may be.
    """

    names: dict[str, str] = field(default_factory=dict)
    children: dict[str, KeySpelling] = field(default_factory=dict)
    items: KeySpelling | None = None

    @classmethod
    def of(cls, schema: Mapping[str, Any]) -> KeySpelling:
        """The plan of a schema that refers only to its own definitions."""
        return _build(schema, schema.get("$defs", {}), {})


def _build(schema: Mapping[str, Any], definitions: Mapping[str, Any], plans: dict[str, KeySpelling]) -> KeySpelling:
    plan = KeySpelling()
    for part in (schema, schema.get("then", {})):
        if "$ref" in part:
            name = part["$ref"].rpartition("/")[2]
            if name not in plans:
                plans[name] = KeySpelling()
                spec = _build(definitions[name], definitions, plans)
                plans[name].names, plans[name].children, plans[name].items = spec.names, spec.children, spec.items
            plan.names |= plans[name].names
            plan.children |= plans[name].children
            plan.items = plan.items or plans[name].items
        for key, below in part.get("properties", {}).items():
            plan.names[fold(key)] = key
            plan.children[key] = _build(below, definitions, plans)
    if isinstance(schema.get("items"), Mapping):
        plan.items = _build(schema["items"], definitions, plans)
    return plan


def respell(node: Any, plan: KeySpelling) -> Any:
    """The tree with documented keys in their documented spelling; the very same tree where they already are."""
    if isinstance(node, dict):
        if not plan.names:
            return node
        changed = False
        spelled: dict[Any, Any] = {}
        for key, value in node.items():
            name = key if key in plan.children else plan.names.get(fold(str(key))) or key
            below = plan.children.get(name)
            new = value if below is None or not isinstance(value, dict | list) else respell(value, below)
            # Of two spellings of one key the last counts, as for the reader, which reports them.
            spelled[name] = new
            changed = changed or name is not key or new is not value
        return spelled if changed else node
    if isinstance(node, list) and plan.items is not None:
        items = [respell(item, plan.items) for item in node]
        return items if any(new is not old for new, old in zip(items, node, strict=True)) else node
    return node


def structure(node: MapNode | SeqNode, plan: KeySpelling, path: str = "") -> Iterator[tuple[MapNode, KeySpelling, str]]:
    """Every mapping whose keys a schema documents, with them and its path in the data."""
    if isinstance(node, SeqNode):
        if plan.items is not None:
            for number, item in enumerate(node):
                if isinstance(item, MapNode | SeqNode):
                    yield from structure(item, plan.items, f"{path}[{number}]")
        return
    if not plan.names:
        return
    yield node, plan, path
    for key, value in node.items():
        if isinstance(value, MapNode | SeqNode):
            below = plan.children.get(key) or plan.children.get(plan.names.get(fold(key), ""))
            if below is not None:
                yield from structure(value, below, child_path(path, key))


def find(node: Any, path: tuple[str | int, ...]) -> tuple[list[str | int], Any]:
    """The printed keys of a path in the schema's spelling, as far as it leads, and what stands there."""
    printed: list[str | int] = []
    for step in path:
        if isinstance(node, dict):
            key = step if step in node else next((key for key in node if fold(key) == fold(str(step))), None)
            if key is None:
                break
            printed.append(key)
            node = node[key]
        elif isinstance(node, list) and isinstance(step, int) and step < len(node):
            printed.append(step)
            node = node[step]
        else:
            break
    return printed, node
