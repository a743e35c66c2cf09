"""The badges of a site: an SVG file and one for shields.io's endpoint badge each."""

from __future__ import annotations

from collections.abc import Mapping

from registry.evidence.badges import of_claim, of_claims
from registry.publish.catalog import CatalogEntry


def files(entry: CatalogEntry) -> Mapping[str, str]:
    """The badges of a model by path from the site's root: one of all its claims, one of each that was measured."""
    badges = {f"badges/{entry.slug}": of_claims(shown.status for shown in entry.claims)}
    for shown in entry.claims:
        if shown.evidence is not None:
            claim = shown.claim
            badge = of_claim(claim.label, claim.reported.text, shown.status)
            badges.setdefault(f"badges/{entry.slug}-{shown.anchor}", badge)
    return {
        f"{path}.{suffix}": content
        for path, badge in badges.items()
        for suffix, content in (("svg", badge.svg()), ("json", badge.json()))
    }
