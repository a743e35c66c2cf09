"""Addresses inside the site, always relative, so that it works below any address and from a folder."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from registry.vocabulary import slug


@dataclass(frozen=True, slots=True)
class Links:
    """How pages are addressed.

    Attributes:
        directories: True where `models/alexnet.md` is served as `models/alexnet/` (MkDocs' `use_directory_urls`),
            False where it is `models/alexnet.html`, which can also be opened without a server.
    """

    directories: bool = False

    def address(self, path: str) -> str:
        """The address of a page or file from the site's root.

        >>> Links().address("models/alexnet.md"), Links(True).address("models/alexnet.md")
        ('models/alexnet.html', 'models/alexnet/')
        """
        path, mark, anchor = path.partition("#")
        if path.endswith(".md"):
            stem = path[:-3]
            if not self.directories:
                path = stem + ".html"
            elif posixpath.basename(stem) == "index":
                path = stem[: -len("index")]
            else:
                path = stem + "/"
        return path + mark + anchor

    def relative(self, source: str, target: str) -> str:
        """The address of `target` as a link on the page `source`; both are paths from the site's root.

        It always goes by way of the root, which is as right as the shortest way and much quicker to say.

        >>> Links().relative("models/alexnet.md", "papers/index.md")
        '../papers/index.html'
        """
        if target.startswith("#"):
            return target
        return ("../" * self.address(source).count("/") + self.address(target)) or "./"


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """A template and what it shows.

    Attributes:
        path: Where it goes, from the site's root, such as `models/alexnet.md`.
        template: Its template in `site/templates`.
        description: One sentence for search engines and link previews, as plain text.
        hide: What the theme should leave out beside the page: `navigation` where it has no place in it, `toc` where a
            table needs the width.
        search: What a reader finds it by, beside its title; `None` lets the search read the whole page.
        context: What the template shows.
    """

    path: str
    template: str
    title: str
    description: str = ""
    hide: tuple[str, ...] = ("navigation", "toc")
    search: str | None = None
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class PagePlan:
    """A page that need not be made where it is there already, made of the same.

    Attributes:
        path: Where it goes, from the site's root.
        made_of: All that it is made of, as plain data.
        make: Makes it.
    """

    path: str
    made_of: object
    make: Callable[[], Page]
