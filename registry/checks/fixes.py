"""Repairs: the edits that rules offer, and how they are applied together."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from registry.checks.document_texts import Leaf
from registry.lazy_regex import lazy_regex
from registry.types import Edit, Field, Finding, Fix, MapNode, Metric, Source


def apply(findings: Iterable[Finding], sources: Mapping[str, Source]) -> dict[str, str]:
    """The new text of every file that the findings' repairs change.

    A repair applies as a whole or not at all: one that touches what an earlier one has changed is left out, and is
    found again when the new text is checked. So everything is repaired by applying until nothing more is found.
    """
    accepted: dict[str, list[Edit]] = {}
    for finding in findings:
        if finding.fix is None or any(edit.file not in sources for edit in finding.fix.edits):
            continue
        fresh = [edit for edit in finding.fix.edits if edit not in accepted.get(edit.file, ())]
        if any(_touches(edit, other) for edit in fresh for other in accepted.get(edit.file, ())):
            continue
        for edit in fresh:
            accepted.setdefault(edit.file, []).append(edit)
    return {
        file: text
        for file, edits in accepted.items()
        if (text := _edit(sources[file].text, edits)) != sources[file].text
    }


def _touches(one: Edit, other: Edit) -> bool:
    if one.start == other.start:
        return True
    first, second = (one, other) if one.start < other.start else (other, one)
    return second.start < first.end


def _edit(text: str, edits: Iterable[Edit]) -> str:
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


_NUMBER = lazy_regex(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")


def replacement(source: Source, span: tuple[int, int], text: str, description: str) -> Fix:
    """Put a text where the characters of a span stand."""
    return Fix(description, (Edit(source.file, *span, text),))


def replace_value(leaf: Leaf, text: str, description: str | None = None) -> Fix | None:
    """Put another text where a scalar stands, in its quotes; `None` where more than a plain scalar is printed there."""
    new = requote(leaf.text, str(leaf.value), text)
    summary = f"Write '{text}'" if description is None else description
    return None if new is None else replacement(leaf.node.source, leaf.span, new, summary)


def replace_key(node: MapNode, key: str, text: str, description: str) -> Fix | None:
    """Put another key where one stands, in the quotes that it has."""
    mark = node.marks[key]
    printed = node.source.text[mark.key : mark.key_end]
    new = requote(printed, key, text)
    return None if new is None else replacement(node.source, (mark.key, mark.key_end), new, description)


def rename(field: Field | Metric, text: str, description: str) -> Fix | None:
    """Put another name where a card names a metric, whether the name is a key or a value."""
    if field.node is None:
        return None
    if isinstance(field, Metric) and field.name_key:
        leaf = Leaf(field.node, field.name_key, field.node[field.name_key], "")
        return replace_value(leaf, text, description)
    return replace_key(field.node, field.key, text, description)


def together(fixes: Iterable[Fix | None], description: str) -> Fix | None:
    """Several repairs as one; `None` where one of them is missing, because they mend one cause."""
    repairs = list(fixes)
    edits = tuple(edit for fix in repairs if fix is not None for edit in fix.edits)
    return Fix(description=description, edits=edits) if edits and None not in repairs else None


def requote(printed: str, value: str, text: str) -> str | None:
    """`text` as a scalar that replaces `printed`, which reads as `value`; `None` where they are not the same thing.

    They are not where the scalar is folded, escaped, or written through an alias; nothing is guessed then.
    """
    if printed == value:
        return text if plain(text) else json.dumps(text, ensure_ascii=False)
    if printed == f"'{value}'":
        return "'" + text.replace("'", "''") + "'"
    if printed == f'"{value}"':
        return json.dumps(text, ensure_ascii=False)
    return None


def without_quotes(leaf: Leaf) -> Fix | None:
    """Write a number that stands in quotes without them; `None` for other texts."""
    bare = str(leaf.value).strip()
    if not _NUMBER.fullmatch(bare) or requote(leaf.text, str(leaf.value), bare) is None:
        return None
    return replacement(leaf.node.source, leaf.span, bare, f"Write {bare} without quotes")


def plain(text: str) -> bool:
    """Whether a text needs no quotes in YAML, whatever stands around it. Where in doubt it does."""
    if not text or text != text.strip() or text[0] in "-?:,[]{}#&*!|>'\"%@`" or not text.isprintable():
        return False
    if ": " in text or " #" in text or text.endswith(":") or any(mark in text for mark in ",[]{}"):
        return False
    return text[0].isalpha() and text.casefold() not in {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}
