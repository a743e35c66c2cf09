"""What the search of a site finds generated pages by. It stands in the pages, so that every builder's search reads it.

A search would read every word of every page, which for a zoo is more than a reader wants to download. A generated page
says what it is found by in one hidden line, and the rest of it is left out of the search, as Material and Zensical
both have it (`data-search-exclude`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from pathlib import Path
from typing import Any

from registry.publish import escape
from registry.publish.links import Page

_HEADING = re.compile(r"^(#{1,6} (?:[^\n{]*[^\n{ ])?) *+(?:\{ (#[\w-]+) \})?$", re.MULTILINE)
_INNER_HEADING = re.compile(r"<(h[2-6])(?=[ >])")
_BLOCK = re.compile(r"^<(p|ul|div|dl|figure|details|section)\b(?![^>\n]* data-search-exclude)", re.MULTILINE)


def found_by(page: Page, body: str) -> str:
    """A page's Markdown, of which the search reads only a hidden line at its beginning, under the page's title."""
    excluded = _HEADING.sub(_excluded_heading, body)
    excluded = _INNER_HEADING.sub(r"<\1 data-search-exclude", excluded)
    excluded = _BLOCK.sub(r"<\1 data-search-exclude", excluded)
    return f"<p hidden>{escape.inert(page.search or page.description or page.title)}</p>\n\n{excluded}"


def _excluded_heading(match: re.Match[str]) -> str:
    return f"{match[1]} {{ {match[2]} data-search-exclude }}" if match[2] else f"{match[1]} {{ data-search-exclude }}"


INDEX = Path("search", "search_index.json")
"""Where MkDocs has it in a site."""


def carry_over(site: Path, before: Path, kept: Collection[str]) -> None:
    """Complete the index that MkDocs wrote with what the old one says of pages that were not built again."""
    file = site / INDEX
    if not file.is_file() or not (before / INDEX).is_file():
        return  # a configuration without the search plugin
    index = json.loads(file.read_bytes())
    index["docs"] += [entry for entry in json.loads((before / INDEX).read_bytes())["docs"] if _page(entry) in kept]
    file.unlink()
    file.write_text(json.dumps(index, separators=(",", ":")), encoding="utf-8")


def _page(document: dict[str, Any]) -> str:
    location: str = document["location"]
    return location.partition("#")[0]
