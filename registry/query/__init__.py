"""Questions to a registry: what changed between two of them."""

from registry.query.diff import Change, diff

__all__ = ["Change", "diff"]
