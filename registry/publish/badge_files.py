"""The badges of a site: an SVG file and one for shields.io's endpoint badge each."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from registry.evidence.badges import Badge, of_claim, of_claims
from registry.evidence.beside import Shown, worded
from registry.publish.catalog import CatalogEntry
from registry.publish.content import PageContent
from registry.publish.escape import plain
from registry.publish.headlines import LeaderboardRank
from registry.publish.links import Links
from registry.publish.reasons import reason
from registry.types.safe_text import shortened

_PLAIN = "#2d5286"
_LONGEST = 60
"""Letters of a label that fits on a README."""


def files(entry: CatalogEntry, rank: LeaderboardRank | None = None) -> Mapping[str, str]:
    """The badges of a model by path from the site's root: of all its claims, of each that was measured, of its rank."""
    badges = {f"badges/{entry.slug}": of_claims(outcome.verdict for outcome in entry.claims)}
    if rank is not None:
        badges[f"badges/{entry.slug}-rank"] = Badge(
            label=shortened(rank.label, _LONGEST), message=rank.text, colour=_PLAIN
        )
    for outcome in entry.claims:
        if outcome.evidence is not None:
            claim = outcome.claim
            badge = of_claim(shortened(claim.label, _LONGEST), claim.reported.text, outcome.verdict)
            badges.setdefault(f"badges/{entry.slug}-{outcome.anchor}", badge)
    return {
        f"{path}.{suffix}": content
        for path, badge in badges.items()
        for suffix, content in (("svg", badge.svg()), ("json", badge.json()))
    }


PATH = "feed.xml"
_MOST = 100
_LONG_AGO = "1970-01-01T00:00:00Z"


def newest(content: PageContent) -> list[tuple[CatalogEntry, Shown]]:
    """Claims that were measured, the latest first."""
    measured = [(entry, outcome) for entry in content.catalog.entries for outcome in entry.claims if outcome.evidence]
    return sorted(measured, key=lambda pair: _time(pair[1]), reverse=True)


def atom(content: PageContent, links: Links) -> str:
    """The feed: the newest verdicts first.

    Addresses are whole where the site's own is known, and relative to the feed otherwise.
    """
    pairs = newest(content)[:_MOST]
    updated = _time(pairs[0][1]) if pairs else _LONG_AGO
    own = content.base_url + PATH
    entries = "".join(_entry(content, links, entry, outcome) for entry, outcome in pairs)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
        f"<title>{_text(content.name)}: verdicts</title>\n<id>{_text(content.base_url or 'urn:mir:verdicts')}</id>\n"
        f'<link rel="self" href="{_text(own)}"/>\n'
        f'<link rel="alternate" href="{_text(content.base_url or "index.html")}"/>\n'
        f"<updated>{updated}</updated>\n<author><name>{_text(content.name)}</name></author>\n{entries}</feed>\n"
    )


def _entry(content: PageContent, links: Links, entry: CatalogEntry, outcome: Shown) -> str:
    assert outcome.evidence is not None
    claim = outcome.claim
    title = f"{entry.name}: {claim.label} {claim.reported.text} {worded(outcome.verdict)}"
    page = content.base_url + links.address(entry.page)
    # The same claim measured anew is a new entry, so that readers see it.
    name = f"urn:mir:{claim.digest}:{outcome.evidence.time or 'undated'}"
    return (
        f"<entry><title>{_text(title)}</title><id>{_text(name)}</id>"
        f'<link href="{_text(page)}"/><updated>{_time(outcome)}</updated>'
        f"<summary>{_text(reason(outcome))}</summary></entry>\n"
    )


def _time(outcome: Shown) -> str:
    time = plain(outcome.evidence.time) if outcome.evidence else ""
    return escape(time) or _LONG_AGO


def _text(value: str) -> str:
    return escape(plain(value), quote=True)
