"""Which page explains the convention that a measurement names."""

from __future__ import annotations

from registry.verify.conventions import CONVENTIONS, Convention
from registry.vocabulary import slug


def convention_page(convention: Convention) -> str:
    """Address of a convention's page from the site's root."""
    return f"conventions/{slug(convention.name)}.md"


def convention_of(label: str | None) -> Convention | None:
    """The convention that a measurement's label names, such as `2 x thop 0.0.31, 224x224`.

    >>> convention_of("2 x thop 0.0.31, 224x224").name
    'thop 0.0.31'
    """
    way = (label or "").partition(" x ")[2] or (label or "")
    found = [each for each in CONVENTIONS.values() if way.startswith(each.name)]
    return max(found, key=lambda each: len(each.name), default=None)
