"""The index of MkDocs' search, where pages were taken over from an earlier site and not built again."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

INDEX = Path("search", "search_index.json")
"""Where MkDocs has it in a site."""


def carry_over(site: Path, before: Path, kept: Collection[str]) -> None:
    """Complete the index that MkDocs wrote with what the old one says of pages that were not built again.

    Args:
        site: The new site.
        before: The old one, which the pages were taken over from.
        kept: Those pages.
    """
    file = site / INDEX
    if not file.is_file() or not (before / INDEX).is_file():
        return  # a configuration without the search plugin
    index = json.loads(file.read_bytes())
    index["docs"] += [each for each in json.loads((before / INDEX).read_bytes())["docs"] if _page(each) in kept]
    file.unlink()
    file.write_text(json.dumps(index, separators=(",", ":")), encoding="utf-8")


def _page(document: dict[str, Any]) -> str:
    location: str = document["location"]
    return location.partition("#")[0]
