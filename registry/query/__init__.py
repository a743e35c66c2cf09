"""Questions to a registry: what changed between two of them."""

from registry.query.changes import Change, Side, diff

__all__ = ["Change", "Side", "diff"]
