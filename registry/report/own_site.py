"""Addresses on the project's own site."""

from __future__ import annotations

HOME = "https://model-index-registry.github.io/"


def rule_address(rule: str) -> str:
    """The address of a rule's page, as `mkdocs.yml` names it."""
    return f"{HOME}rules/{rule}.html"
