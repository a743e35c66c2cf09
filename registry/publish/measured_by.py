"""Who measured a claim: `mir`, somebody else whose measurement was imported, or nobody but the card."""

from __future__ import annotations

from registry.evidence.beside import Shown
from registry.evidence.rejudge.imported import is_imported
from registry.publish.escape import plain

CARD_ONLY = "card only"
"""What a claim rests on that nobody measured."""


def measured_by(shown: Shown) -> str:
    """Who measured a claim, by name."""
    measured = shown.evidence.measurement if shown.evidence else None
    if measured is None or shown.verdict == "error":
        return CARD_ONLY
    if is_imported(shown.evidence):
        return f"{plain(measured.details.get('harness') or 'another')}, imported"
    others = sorted({str(each.measurement.details.get("harness")) for each in shown.imported if each.measurement})
    return ", ".join(["mir", *(f"{plain(other)} (imported)" for other in others)])
