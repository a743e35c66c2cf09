"""Relative paths, which mean another file where a format starts them from another folder."""

from __future__ import annotations

import re
from pathlib import Path

from registry.types import Card, Collection, Model

_FIELDS = ("Weights", "Config", "README", "Image", "Training Log", "Code", "Paper")
_RELATIVE = re.compile(r"(?:\.{1,2}/)*[\w@+-][\w.@+ -]*(?:/[\w.@+ -]+)*\.\w{1,12}")


def moves(card: Card, to: str) -> str | None:
    """What happens to the card's relative paths in `to`, `None` where it has none or they mean the same.

    A metafile's start from the folder of the index that imports it, a model index's from its own.
    """
    if (card.dialect == "metafile") == (to == "metafile"):
        return None
    entries: tuple[Model | Collection, ...] = (*card.models, *card.collections)
    found = [entry for entry in entries if any(_RELATIVE.fullmatch(text) for text in _texts(entry))]
    if to == "metafile":
        return "they start from the card's own folder there, and from that of the index here" if found else None
    own = str(Path(card.file).resolve().parent)
    if all(entry.base == own for entry in found):
        return None
    return "they start from the folder of the index there, and from the card's own here"


def _texts(entry: Model | Collection) -> list[str]:
    values = (entry.fields[name].value for name in _FIELDS if name in entry.fields)
    return [value for value in values if isinstance(value, str)]
