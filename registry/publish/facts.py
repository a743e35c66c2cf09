"""What a card says beside its claims: its metadata and links, as rows of label and value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from registry.publish import escape
from registry.types import Field

_MOST = 40
_LONGEST = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """One line: a label, and texts of which some lead somewhere."""

    label: str
    values: tuple[tuple[str, str | None], ...]


def facts(fields: Mapping[str, Field], without: frozenset[str] = frozenset()) -> tuple[Fact, ...]:
    """The fields of a card that are worth a line; those of `without` are shown elsewhere."""
    lines = (
        Fact(label=escape.plain(name), values=tuple(_values(field.value))[:_MOST])
        for name, field in fields.items()
        if name not in without
    )
    return tuple(line for line in lines if line.values)


def _values(value: Any) -> Iterator[tuple[str, str | None]]:
    if isinstance(value, Mapping):
        for key, entry in value.items():
            for text, url in _values(entry):
                yield (text if url else f"{escape.plain(key)}: {text}"), url
    elif isinstance(value, list | tuple):
        for entry in value:
            yield from _values(entry)
    elif value is not None and value != "":
        text = escape.plain(value)
        yield (text if len(text) <= _LONGEST else text[:_LONGEST] + "..."), escape.link(text)
