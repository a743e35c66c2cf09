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
        context: What the template shows.
    """

    path: str
    template: str
    title: str
    description: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)
