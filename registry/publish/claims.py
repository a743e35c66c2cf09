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
    pairs = ((entry, outcome) for entry in content.catalog.entries for outcome in entry.claims)
    return csv_text(COLUMNS, (_row(entry, outcome) for entry, outcome in pairs))


def _row(entry: CatalogEntry, outcome: Shown) -> tuple[str, ...]:
    claim, measured = outcome.claim, outcome.measurement
    return (
        inert(entry.name),
        inert(entry.model.collection or ""),
        inert(claim.subject),
        inert(claim.label),
        inert(claim.task or ""),
        inert(claim.dataset.name if claim.dataset else ""),
        inert(claim.reported.text),
        f"{claim.reported.value:f}",
        outcome.verdict,
        "" if measured is None else repr(measured.value),
        inert((measured.convention if measured else "") or ""),
        inert(reason(outcome)),
        inert(outcome.evidence.time if outcome.evidence else ""),
    )


CARD_ONLY = "card only"
"""What a claim rests on that nobody measured."""


def measured_by(outcome: Shown) -> str:
    """Who measured a claim, by name."""
    measured = outcome.measurement
    if measured is None or outcome.verdict == "error":
        return CARD_ONLY
    if is_imported(outcome.evidence):
        return f"{plain(measured.details.get('harness') or 'another')}, imported"
    others = sorted(
        {str(record.measurement.details.get("harness")) for record in outcome.imported if record.measurement}
    )
    return ", ".join(["mir", *(f"{plain(other)} (imported)" for other in others)])
