"""What the rules about cards of the Hugging Face Hub ask of a document."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

from registry.checks.document_texts import Document, Leaf
from registry.lazy_regex import lazy_regex
from registry.types import MapNode, SeqNode, mappings

_NO_NUMBER = lazy_regex(r"\s*[+-]?\.?(?:nan|inf|infinity)(?:\s*+(?:\+/-|±|\+-)(?s:.*))?", re.IGNORECASE)

_PAGE = lazy_regex(
    r"(?:https?://)?(?:www\.)?(?:huggingface\.co|hf\.co)/(?P<data>datasets/)?(?P<id>[^/?#]+(?:/[^/?#]+)?)"
    r"(?:/(?:tree|blob)/[^?#]*)?/?"
)


def card_of(document: Document) -> MapNode | None:
    """The front matter of a card of the Hub; `None` for other documents."""
    root = document.raw.root
    return root if document.dialect == "huggingface" and isinstance(root, MapNode) else None


def texts_of(root: MapNode, *keys: str) -> Iterator[Leaf]:
    """The texts under keys that hold one or a list of them."""
    for leaf in values_of(root, *keys):
        if isinstance(leaf.value, str):
            yield leaf


def values_of(root: MapNode, *keys: str) -> Iterator[Leaf]:
    """The values under keys that hold one or a list of them."""
    for key in keys:
        value = root.get(key)
        if isinstance(value, SeqNode):
            yield from (Leaf(value, index, item, key) for index, item in enumerate(value))
        elif key in root:
            yield Leaf(root, key, value, "")


def metrics_of(root: MapNode) -> Iterator[tuple[MapNode, str]]:
    """The metrics of `model-index`, each with its path."""
    for result, path in results_of(root):
        yield from mappings(result.get("metrics"), f"{path}.metrics")


def results_of(root: MapNode) -> Iterator[tuple[MapNode, str]]:
    """The results of `model-index`, each with its path."""
    for entry, path in mappings(root.get("model-index"), "model-index"):
        yield from mappings(entry.get("results"), f"{path}.results")


def page_of(text: str, *, datasets: bool) -> str | None:
    """What the address of a page of the Hub is the page of, `None` for other texts.

    >>> page_of("https://huggingface.co/datasets/nyu-mll/glue", datasets=True), page_of("imdb", datasets=True)
    ('nyu-mll/glue', None)
    """
    match = _PAGE.fullmatch(text.strip())
    return match["id"] if match and bool(match["data"]) == datasets else None


def no_number(value: Any) -> str | None:
    """What a value is that cannot be a result, in words; `None` for numbers and other texts.

    >>> no_number(True), no_number(float("nan")), no_number("nan +/- nan"), no_number("20.9 +/- 1.2")
    ('the truth value true', 'not a number', 'not a number', None)
    """
    if isinstance(value, bool):
        return f"the truth value {str(value).lower()}"
    if isinstance(value, float) and not math.isfinite(value):
        return "not a number" if math.isnan(value) else "infinite"
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "a mapping"
    if isinstance(value, str) and _NO_NUMBER.fullmatch(value):
        return "not a number" if "nan" in value.lower() else "infinite"
    return None
