"""Who measured a claim: `mir`, somebody else whose measurement was imported, or nobody but the card."""

from __future__ import annotations

from registry.evidence.status import Shown

CARD_ONLY = "card only"
"""What a claim rests on that nobody measured."""


def measured_by(shown: Shown) -> str:
    """Who measured a claim, by name."""
    measured = shown.evidence.measurement if shown.evidence else None
    if measured is None or shown.status == "error":
        return CARD_ONLY
    return "mir"
