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

PLACE_BOOST = 8.0
"""How far before models the search shows data sets and tasks: `imagenet` means the data set."""

_PARTS = re.compile(r"[a-z]+|\d+")
_MOST_PARTS = 8
_SIZES = {"nano": "n", "tiny": "t", "small": "s", "base": "b", "large": "l", "huge": "h", "giant": "g", "xlarge": "xl"}
"""How papers shorten the words of a name."""


def front_matter(page: Page) -> dict[str, Any]:
    """The fields that order what the search finds: other spellings of the name, and how near it stands to the top."""
    fields: dict[str, Any] = {"search": {"boost": round(page.boost, 3)}}
    if page.tags:
        fields["tags"] = [escape.title(tag) for tag in page.tags]
    return fields


def found_by(page: Page, body: str) -> str:
    """A page's Markdown, of which the search reads only a hidden line at its beginning, under the page's title."""
    excluded = _HEADING.sub(_excluded_heading, body)
    excluded = _INNER_HEADING.sub(r"<\1 data-search-exclude", excluded)
    excluded = _BLOCK.sub(r"<\1 data-search-exclude", excluded)
    words = ". ".join(filter(None, (page.search or page.description, ", ".join(page.tags))))
    return f"<p hidden>{escape.inert(words or page.title)}</p>\n\n{excluded}"


def _excluded_heading(found: re.Match[str]) -> str:
    return f"{found[1]} {{ {found[2]} data-search-exclude }}" if found[2] else f"{found[1]} {{ data-search-exclude }}"


def spellings(name: str) -> tuple[str, ...]:
    """How people type a name: its parts one by one, and joined by nothing, a space or a hyphen.

    Its first word so, too, and sizes as papers shorten them.

    >>> spellings("resnet50.IMAGENET1K_V1")
    ('resnet50', 'resnet 50', 'resnet-50')
    >>> spellings("vit-base-p16_16xb64")[1:6:3]
    ('vit base p 16', 'vit b 16')
    >>> spellings("AlexNet")
    ('alexnet',)
    """
    stem = _stem(name)
    # What comes after the first underscore is often how a model was trained: `resnet50_8xb32_in1k`.
    first = _PARTS.findall(stem.partition("_")[0])
    whole = _PARTS.findall(stem)[:_MOST_PARTS]
    named = first if len(first) > 1 else whole
    short = [_SIZES.get(part, part) for part in named if part not in ("p", "patch")]
    joined = (sign.join(parts) for parts in (named, short, whole) for sign in ("", " ", "-"))
    return tuple(dict.fromkeys(filter(None, joined)))


def shortness(name: str) -> float:
    """A boost for names of few parts: who types `resnet50` means that one before `wide_resnet50_2`.

    >>> shortness("resnet50.IMAGENET1K_V1") > shortness("wide_resnet50_2.IMAGENET1K_V1")
    True
    """
    return 1 + 2 / (1 + len(_PARTS.findall(_stem(name))))


def _stem(name: str) -> str:
    """A name without its owner and without what comes after a dot, which names the weights."""
    return name.rpartition("/")[2].partition(".")[0].strip().lower()


INDEX = Path("search", "search_index.json")
"""Where MkDocs has it in a site."""


def carry_over(site: Path, before: Path, kept: Collection[str]) -> None:
    """Complete the index that MkDocs wrote with what the old one says of pages that were not built again."""
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
