"""The prose that belongs to a model: its card's own text, or the README that its metadata names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from registry.publish.attachments import Attachments
from registry.publish.catalog import CatalogEntry


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """Markdown.

    Attributes:
        key: Names it, so that what several models share is rendered once.
        text: The Markdown.
        base: Folder that its relative addresses start from.
    """

    key: str
    text: str
    base: Path


def text_of(entry: CatalogEntry, attachments: Attachments) -> Text | None:
    """The prose of a model; `None` where there is none."""
    base = Path(entry.model.base)
    if entry.card.body.strip():
        return Text(key=entry.card.file, text=entry.card.body, base=base)
    named = entry.model.get("README")
    file = attachments.find(base, named) if isinstance(named, str) and named.endswith(".md") else None
    text = None if file is None else attachments.read_text(file)
    return None if file is None or text is None else Text(key=str(file), text=text, base=file.parent)
