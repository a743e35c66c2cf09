"""Which fields say what a model is, and when it was published: by its card, its paper's number or its citation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from registry.lazy_regex import lazy_regex
from registry.types import Model

DATE_KEYS = ("Date", "Release Date", "Released", "Published", "Year")
"""The fields of a card that say when it was published."""

_LICENCE_KEYS = ("License", "Licence", "license")
PAPER_KEYS = ("Paper", "paper", "arxiv")
DATA_KEYS = ("Training Data", "datasets")
CODE_KEYS = ("Code", "Repository")
"""The fields of its licence, papers, training data and code; the first that a card has counts."""

_DATE = lazy_regex(r"\b(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?(?!\d)")
_ARXIV = lazy_regex(r"(?:arxiv[:./a-z]{0,20}/?)?(\d{4}\.\d{4,5})(?:v\d+)?(?:\.pdf)?", re.IGNORECASE)
_MONTH = lazy_regex(r"(\d\d)(0[1-9]|1[0-2])\.")
_CITED_YEAR = lazy_regex(r"^[ \t]*+year\s*+=\s*+[\"{]?\s*+((?:19|20)\d\d)", re.IGNORECASE | re.MULTILINE)


def arxiv_number(text: str) -> str:
    """The number on arXiv that a card names a paper by; empty where it names none.

    >>> arxiv_number("https://arxiv.org/pdf/1404.5997v2.pdf")
    '1404.5997'
    """
    is_arxiv = "arxiv" in text.casefold() or "huggingface.co/papers/" in text
    match = _ARXIV.search(text) if is_arxiv else _ARXIV.fullmatch(text)
    return match[1] if match else ""


def licence(model: Model) -> tuple[str, str]:
    """The name of a model's licence and its address, each empty where the card does not say; of several the first.

    What the Hub calls `other` goes by its `license_name`.
    """
    entry = next((value for key in _LICENCE_KEYS if (value := model.get(key))), "")
    if isinstance(entry, list):
        entry = entry[0]
    if isinstance(entry, Mapping):
        folded = {str(key).casefold(): value for key, value in entry.items()}
        name, address = folded.get("name"), folded.get("url")
    else:
        other = entry == "other" and model.get("license_name")
        name, address = other or entry, model.get("license_link") if other else None
    name, address = str(name or address or ""), str(address or name or "")
    return name, address if "://" in address else ""


def published(model: Model, papers: Iterable[str], prose: str) -> str:
    """When a model was published, as exactly as it is known: `2015-12-10`, `2015-12` or `2015`; else empty.

    Args:
        model: The model.
        papers: What its card names its papers by, the first of the most weight.
        prose: The text of its card, which may cite its paper.
    """
    for key in DATE_KEYS:
        match = _DATE.search(str(model.get(key) or ""))
        if match:
            return match[0]
    for paper in papers:
        month = _MONTH.match(arxiv_number(paper))
        if month:
            return f"20{month[1]}-{month[2]}"
    years = set(_CITED_YEAR.findall(prose))
    return years.pop() if len(years) == 1 else ""
