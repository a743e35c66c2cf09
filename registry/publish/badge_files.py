"""The badges of a site: an SVG file and one for shields.io's endpoint badge each."""

from __future__ import annotations

from collections.abc import Mapping

from registry.evidence.badges import Badge, of_claim, of_claims
from registry.publish.catalog import CatalogEntry
from registry.publish.standings import LeaderboardRank

_PLAIN = "#2d5286"
_LONGEST = 60


def _short(label: str) -> str:
    """A label that fits on a README."""
    return label if len(label) <= _LONGEST else label[: _LONGEST - 3] + "..."


def files(entry: CatalogEntry, rank: LeaderboardRank | None = None) -> Mapping[str, str]:
    """The badges of a model by path from the site's root: of all its claims, of each that was measured, of its rank."""
    badges = {f"badges/{entry.slug}": of_claims(shown.verdict for shown in entry.claims)}
    if rank is not None:
        badges[f"badges/{entry.slug}-rank"] = Badge(label=_short(rank.label), message=rank.text, colour=_PLAIN)
    for shown in entry.claims:
        if shown.evidence is not None:
            claim = shown.claim
            badge = of_claim(claim.label, claim.reported.text, shown.verdict)
            badges.setdefault(f"badges/{entry.slug}-{shown.anchor}", badge)
    return {
        f"{path}.{suffix}": content
        for path, badge in badges.items()
        for suffix, content in (("svg", badge.svg()), ("json", badge.json()))
    }
