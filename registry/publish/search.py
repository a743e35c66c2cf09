"""The search of the site: what it finds generated pages by.

The theme would read every word of every page, which for a zoo is more than a reader wants to download. A generated page
is found by its title and one line instead.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from registry.publish.escape import plain

INDEX = Path("search", "search_index.json")
"""Where MkDocs has it in a site."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SearchEntry:
    """One page in the search: its address from the site's root, its title, and what else it is found by."""

    location: str
    title: str
    text: str


def write_search(site: Path, before: Path | None, kept: Collection[str], entries: Sequence[SearchEntry]) -> None:
    """Complete the index that MkDocs wrote: with the entries, and with those of pages that it did not build again.

    Args:
        site: The new site.
        before: The old one, where pages were taken over from it.
        kept: Those pages.
        entries: What generated pages are found by.
    """
    file = site / INDEX
    if not file.is_file():
        return  # a configuration without the search plugin
    index = json.loads(file.read_bytes())
    own = {entry.location for entry in entries}
    documents: list[dict[str, Any]] = [each for each in index["docs"] if _page(each) not in own]
    if before is not None and (before / INDEX).is_file():
        old = json.loads((before / INDEX).read_bytes())["docs"]
        documents += [each for each in old if _page(each) in kept and _page(each) not in own]
    documents += [
        {"location": entry.location, "title": escape(plain(entry.title)), "text": escape(plain(entry.text))}
        for entry in entries
    ]
    index["docs"] = documents
    file.unlink()
    file.write_text(json.dumps(index), encoding="utf-8")


def _page(document: dict[str, Any]) -> str:
    location: str = document["location"]
    return location.partition("#")[0]
