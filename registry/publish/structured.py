"""JSON-LD in the words of schema.org, for search engines."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from registry.evidence.beside import worded
from registry.numbers import whole
from registry.publish import escape, snippets
from registry.publish.catalog import CatalogEntry
from registry.publish.content import PageContent
from registry.publish.leaderboards import LeaderboardDataset
from registry.publish.links import Links
from registry.publish.reasons import reason


def of_entry(content: PageContent, links: Links, entry: CatalogEntry) -> Markup:
    """A model as `SoftwareSourceCode`, each of its claims as a `PropertyValue`."""
    profile = content.profiles[entry.slug]
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "SoftwareSourceCode",
        "name": escape.plain(entry.name),
        "url": content.base_url + links.address(entry.page),
        "additionalProperty": [
            {
                "@type": "PropertyValue",
                "name": escape.plain(outcome.claim.label),
                "value": whole(float(outcome.claim.reported.value)),
                "description": worded(outcome.verdict),
                **({"measurementTechnique": reason(outcome)} if outcome.reason else {}),
            }
            for outcome in entry.claims
        ],
    }
    if profile.code:
        data["codeRepository"] = profile.code
    if builder := snippets.builder(entry):
        data["identifier"] = builder
    if entry.model.collection:
        data["isPartOf"] = {"@type": "Collection", "name": escape.plain(entry.model.collection)}
    citations = [reference.url for reference in profile.papers if reference.url]
    if citations:
        data["citation"] = citations
    return escape.script_json(data)


def of_dataset(content: PageContent, links: Links, dataset: LeaderboardDataset) -> Markup:
    """A dataset by its name, and what is measured on it."""
    return escape.script_json(
        {
            "@context": "https://schema.org",
            "@type": "Dataset",
            "name": escape.plain(dataset.name),
            "description": f"What {dataset.models} models report on {escape.plain(dataset.name)}.",
            "url": content.base_url + links.address(dataset.page),
            "variableMeasured": [escape.plain(board.metric) for board in dataset.boards],
        }
    )
