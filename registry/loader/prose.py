"""The prose of a card: what people read, without the metadata."""

from __future__ import annotations

from collections.abc import Sequence

from registry.types import RawDocument, Source


def body(source: Source, documents: Sequence[RawDocument]) -> str:
    """The text of a Markdown file outside of its metadata; empty for other files."""
    text = source.text
    parts: list[str] = []
    at = 0
    for document in documents:
        if document.kind == "comment":
            parts.append(text[at : text.rfind("<!--", at, document.start)])
            at = document.end + len("-->")
        elif document.kind == "front-matter":
            end = text.find("\n", document.end)
            at = len(text) if end < 0 else end + 1
        else:
            return ""
    return "".join((*parts, text[at:])).strip()
