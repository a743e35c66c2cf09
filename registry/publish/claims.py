"""Every claim of a site as CSV."""

from __future__ import annotations

from registry.csv_file import csv_text, inert
from registry.evidence.beside import Shown
from registry.evidence.rejudge.imported import is_imported
from registry.publish.catalog import CatalogEntry
from registry.publish.content import PageContent
from registry.publish.escape import plain
from registry.publish.reasons import reason

COLUMNS = (
    "model",
    "collection",
    "subject",
    "label",
    "task",
    "dataset",
    "reported",
    "value",
    "verdict",
    "measured",
    "convention",
    "reason",
    "time",
)


def claims_csv(content: PageContent) -> str:
    """One line for each claim: what the card reports, what was measured, and the verdict."""
    shown = ((entry, each) for entry in content.catalog.entries for each in entry.claims)
    return csv_text(COLUMNS, (_row(entry, each) for entry, each in shown))


def _row(entry: CatalogEntry, shown: Shown) -> tuple[str, ...]:
    claim, measured = shown.claim, shown.measurement
    return (
        inert(entry.name),
        inert(entry.model.collection or ""),
        inert(claim.subject),
        inert(claim.label),
        inert(claim.task or ""),
        inert(claim.dataset.name if claim.dataset else ""),
        inert(claim.reported.text),
        f"{claim.reported.value:f}",
        shown.verdict,
        "" if measured is None else repr(measured.value),
        inert((measured.convention if measured else "") or ""),
        inert(reason(shown)),
        inert(shown.evidence.time if shown.evidence else ""),
    )


CARD_ONLY = "card only"
"""What a claim rests on that nobody measured."""


def measured_by(shown: Shown) -> str:
    """Who measured a claim, by name."""
    measured = shown.measurement
    if measured is None or shown.verdict == "error":
        return CARD_ONLY
    if is_imported(shown.evidence):
        return f"{plain(measured.details.get('harness') or 'another')}, imported"
    others = sorted({str(each.measurement.details.get("harness")) for each in shown.imported if each.measurement})
    return ", ".join(["mir", *(f"{plain(other)} (imported)" for other in others)])
