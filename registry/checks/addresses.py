"""Which values of a card are addresses, and what they are made of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

from registry.checks.leaves import Leaf

KEYS = frozenset(
    {
        "base_model_link", "code", "config", "docs", "homepage", "image", "license_link", "link", "paper", "pretrain",
        "readme", "repository", "source", "thumbnail", "url", "website", "weights",
    }
)  # fmt: skip
"""Keys, folded, whose values are addresses."""

_LIKE_URL = re.compile(r"\s*[A-Za-z][A-Za-z0-9+.\-]*://")


def is_address(leaf: Leaf) -> bool:
    """Whether a text is an address: by its key, or because it begins like one."""
    return key_of(leaf) in KEYS or _LIKE_URL.match(leaf.value) is not None


def key_of(leaf: Leaf) -> str:
    """The key that a text stands under, in lower case; a list's items stand under the list's key."""
    key = leaf.key if isinstance(leaf.key, str) else leaf.base.rpartition(".")[2]
    return key.casefold()


def parse(text: str) -> SplitResult | None:
    """An address's parts; `None` where it is none."""
    try:
        parts = urlsplit(text.strip())
        _ = parts.port
    except ValueError:
        return None
    return parts


def http_urls(texts: list[Leaf]) -> Iterator[tuple[Leaf, SplitResult]]:
    """The texts that are http or https URLs, with their parts."""
    for leaf in texts:
        if leaf.value.startswith(("http://", "https://")):
            parts = parse(leaf.value)
            if parts is not None:
                yield leaf, parts
