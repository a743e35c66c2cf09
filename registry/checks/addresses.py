"""Which values of a card are addresses, and what they are made of."""

from __future__ import annotations

import re
from typing import NamedTuple

from registry.checks.leaves import Leaf
from registry.lazy_regex import lazy_regex

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


def key_of(leaf: Leaf) -> str:
    """The key that a text stands under, in lower case; a list's items stand under the list's key."""
    key = leaf.key if isinstance(leaf.key, str) else leaf.base.rpartition(".")[2].partition("[")[0]
    return key.casefold()


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
