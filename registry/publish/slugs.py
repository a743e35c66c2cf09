"""Addresses of pages: names as slugs, one each, the same on every build."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from registry.vocabulary import slug

_LONGEST = 80
_TAKEN = frozenset({"index", "con", "prn", "aux", "nul"})
"""What a page may not be called: a folder's own page, and names that Windows keeps for devices."""


def assign(names: Iterable[str]) -> list[str]:
    """One slug for each name, in order; a slug that is taken gets the next free number.

    A name without a letter or digit of ASCII is called by its digest, so that its address is stable too.

    >>> assign(["ResNet-50", "resnet_50", "モデル"])
    ['resnet-50', 'resnet-50-2', 'x-94591749']
    """
    used: dict[str, int] = {}
    slugs: list[str] = []
    for name in names:
        base = slug(name)[:_LONGEST].strip("-")
        if not base or base in _TAKEN:
            base = "x-" + hashlib.sha256(name.encode(errors="replace")).hexdigest()[:8]
        chosen = base
        while chosen in used:
            used[base] += 1
            chosen = f"{base}-{used[base]}"
        used[chosen] = 1
        slugs.append(chosen)
    return slugs
