"""When a model was published: by its card, its paper's number on arXiv, or the citation that the card has."""

from __future__ import annotations

import re
from collections.abc import Sequence

from registry.publish.catalog import CatalogEntry
from registry.publish.papers import PaperReference

_KEYS = ("Released", "Release Date", "Date", "Published", "Year")
_DATE = re.compile(r"\b((?:19|20)\d\d)(?:-(0[1-9]|1[0-2]))?")
_ARXIV = re.compile(r"^(\d\d)(0[1-9]|1[0-2])\.")
_CITED_YEAR = re.compile(r"^[ \t]*+year\s*+=\s*+[\"{]?\s*+((?:19|20)\d\d)", re.IGNORECASE | re.MULTILINE)


def released(entry: CatalogEntry, papers: Sequence[PaperReference]) -> str:
    """Year and month, or the year alone: what the card says, else its first paper; empty where nothing says it."""
    for key in _KEYS:
        found = _DATE.search(str(entry.model.get(key) or ""))
        if found:
            return "-".join(filter(None, found.groups()))
    for paper in papers:
        number = _ARXIV.match(paper.arxiv)
        if number:
            return f"20{number[1]}-{number[2]}"
    years = set(_CITED_YEAR.findall(entry.card.body))
    return years.pop() if len(years) == 1 else ""
