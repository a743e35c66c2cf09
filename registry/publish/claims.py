"""Every claim of a site as CSV."""

from __future__ import annotations

import csv
import io

from registry.csv_file import inert
from registry.evidence.beside import Shown
from registry.evidence.rejudge.imported import is_imported
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
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for entry in content.catalog.entries:
        for shown in entry.claims:
            claim, evidence = shown.claim, shown.evidence
            measured = evidence.measurement if evidence else None
            said = (
                entry.name,
                entry.model.collection or "",
                claim.subject,
                claim.label,
                claim.task or "",
                claim.dataset.name if claim.dataset else "",
                claim.reported.text,
            )
            found = (
                (measured.convention if measured else "") or "",
                reason(shown),
                evidence.time if evidence else "",
            )
            writer.writerow(
                (
                    *map(inert, said),
                    f"{claim.reported.value:f}",
                    shown.verdict,
                    "" if measured is None else repr(measured.value),
                    *map(inert, found),
                )
            )
    return stream.getvalue()


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
