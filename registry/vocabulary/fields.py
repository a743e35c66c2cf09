"""The keys of a model index: one spelling for each, whatever case, underscores or older name a card uses."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

Where = Literal["index", "collection", "model", "metadata", "result", "library"]


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldTerm:
    """One entry of `fields.toml`: the spelling to use, other names for it, and where it stands."""

    name: str
    aliases: tuple[str, ...]
    where: tuple[Where, ...]


@cache
def field_terms() -> dict[str, FieldTerm]:
    """All known keys by their name."""
    table = tomllib.loads(Path(__file__).with_name("fields.toml").read_text(encoding="utf-8"))
    return {
        name: FieldTerm(name=name, aliases=tuple(entry.get("aliases", ())), where=tuple(entry["where"]))
        for name, entry in table.items()
    }


@cache
def spellings(where: Where) -> dict[str, str]:
    """The name to use for each spelling, in lower case with spaces, of the keys that stand in one place."""
    return {
        _fold(spelling): term.name
        for term in field_terms().values()
        if where in term.where
        for spelling in (term.name, *term.aliases)
    }


def canonical(key: str, where: Where) -> str:
    """The name to use for a printed key; the key itself where nobody knows it.

    >>> canonical("in_collection", "model"), canonical("SOTAgentsdata", "model"), canonical("Shoe Size", "metadata")
    ('In Collection', 'Metadata', 'Shoe Size')
    """
    return spellings(where).get(_fold(key), key)


def _fold(key: str) -> str:
    return key.strip().lower().replace("_", " ")
