"""The list of models, and a page for each."""

from __future__ import annotations

from collections.abc import Iterator

from registry.publish.catalog import Catalog, Entry
from registry.publish.page import Page


def pages(catalog: Catalog) -> Iterator[Page]:
    """The list first, then each model in the order of the cards."""
    yield Page(
        path="models/index.md",
        template="models.md.j2",
        title="Models",
        description="Every model of this registry, with what its card claims and what was reproduced.",
        context={"catalog": catalog},
    )
    for entry in catalog.entries:
        yield Page(
            path=entry.page,
            template="model.md.j2",
            title=entry.name,
            description=f"What the card of {entry.name} claims, beside what was measured.",
            context={"entry": entry, "model": entry.model, "rows": entry.claims, "context_of": _context(entry)},
        )


def _context(entry: Entry) -> dict[str, str]:
    """Where each claim was made, by its digest: the task and the dataset."""
    places = {}
    for shown in entry.claims:
        claim = shown.claim
        parts = [claim.task, claim.dataset.name if claim.dataset else None]
        places[claim.digest] = ", ".join(part for part in parts if part)
    return places
