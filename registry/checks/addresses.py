"""Which values of a card are addresses, and what they are made of."""

from __future__ import annotations

import os
import re
from typing import NamedTuple

from registry.lazy_regex import lazy_regex
from registry.types import Collection, Field, Index, Model, RawDocument

KEYS = frozenset(
    {
        "arxiv", "code", "config", "docs", "homepage", "image", "license_link", "link", "paper", "pretrain",
        "readme", "repository", "source", "thumbnail", "url", "website", "weights",
    }
)  # fmt: skip
"""Keys, folded, whose values are addresses."""

NOWHERE = frozenset({"-", "--", "n/a", "na", "none", "null", "nil", "...", "\u2014"})
"""What stands for nothing at all where an address belongs; elsewhere it may be an answer."""

_URL = lazy_regex(
    r"(https?)://(?:([^/?#@]*)@)?(\[[^\]]*\]|[^/?#:]*)(?::(\d*))?(?=[/?#]|$)([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL
)


class UrlParts(NamedTuple):
    """The parts of an http or https URL; what it lacks is empty."""

    scheme: str
    user: str
    host: str
    port: str
    path: str
    query: str
    fragment: str


def parse_url(text: str) -> UrlParts | None:
    """The parts of a URL; `None` where a text is none.

    >>> parse_url("https://example.org:8080/a.pth?x=1#L3")
    UrlParts(scheme='https', user='', host='example.org', port='8080', path='/a.pth', query='x=1', fragment='L3')
    """
    match = _URL.match(text)
    if match is None:
        return None
    scheme, user, host, port, path, query, fragment = match.groups("")
    return UrlParts(scheme, user, host.lower(), port, path, query, fragment)


_SCHEME = lazy_regex(r"[A-Za-z][A-Za-z0-9+.\-]*:")


def names_file(field: Field) -> bool:
    """Whether a value is a path, and neither an address nor a text to be read itself."""
    value = field.value
    if not isinstance(value, str) or not value or _SCHEME.match(value) or len(value) > 512:
        return False
    if "\n" in value or "\0" in value or value.strip().casefold() in NOWHERE:
        return False
    if field.name == "README":
        return value.endswith(".md") and len(value) < 256
    return not value.startswith(("//", "www."))


def local_path(value: str, base: str, root: str) -> str | None:
    """The absolute path that a value names from the folder `base`; `None` for one outside the root."""
    # There are thousands of them, and nearly all need nothing but to be put behind their folder.
    plain = os.sep == "/" and value[0] != "/" and ".." not in value and "./" not in value and "//" not in value
    path = f"{base}/{value}" if plain else os.path.normpath(os.path.join(base, value))  # noqa: PTH118
    return path if inside(path, root) else None


def inside(path: str, root: str) -> bool:
    """Whether a normal absolute path is the root or below it."""
    return path == root or path.startswith(root.rstrip(os.sep) + os.sep)


def metadata_files(index: Index) -> list[RawDocument]:
    """The metadata in files of its own, each file once, in the form of a block of metadata."""
    cards = {card.file for card in index.cards}
    documents: dict[str, RawDocument] = {}
    for card in index.cards:
        owners: tuple[Model | Collection, ...] = (*card.collections, *card.models)
        for owner in owners:
            # All of a model's own metadata stands in one place, so that its first entry tells where.
            first = next((field for field in owner.metadata.values() if not field.inherited), None)
            if first is None or first.node is None:
                continue
            source = first.node.source
            if source.file not in cards and source.file not in documents:
                kind = "json" if source.file.endswith(".json") else "yaml"
                documents[source.file] = RawDocument(
                    source=source, root=first.node, kind=kind, start=0, end=len(source.text)
                )
    return list(documents.values())
