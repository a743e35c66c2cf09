"""One page, before it is rendered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """A template and what it shows.

    Attributes:
        path: Where it goes, from the site's root, such as `models/alexnet.md`.
        template: Its template in `site/templates`.
        title: Its title, as plain text.
        description: One sentence for search engines and link previews, as plain text.
        hide: What the theme should leave out beside the page: `navigation` where it has no place in it, `toc` where a
            table needs the width.
        search: What a reader finds it by, beside its title; `None` lets the search read the whole page.
        tags: Other ways to write its name, which find it before others.
        boost: How far before other pages of the same words the search shows it.
        context: What the template shows.
        made_of: All that the context is made of, as plain data, by which it is known that the page need not be written
            again; `None` where that is not worth the while.
    """

    path: str
    template: str
    title: str
    description: str = ""
    hide: tuple[str, ...] = ()
    search: str | None = None
    tags: tuple[str, ...] = ()
    boost: float = 1.0
    context: Mapping[str, Any] = field(default_factory=dict)
    made_of: object = None
