"""Card text made safe to print: it comes from strangers, and terminals and CI logs obey what they are sent."""

from __future__ import annotations

from registry.types.safe_text import plain

__all__ = ["plain"]
