"""Where a rule's page is."""

from __future__ import annotations

HOME = "https://model-index-registry.github.io/"
"""The project's site."""


def rule_page(rule: str) -> str:
    """The address of a rule's page."""
    return f"{HOME}rules/{rule}/"
