"""Badges that a README can embed: SVG files, and JSON for shields.io's endpoint badge."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape

from registry.publish.catalog import Entry, Shown, Status

COLOURS: dict[Status, str] = {
    "reproduced": "#1a7f37",
    "within-tolerance": "#1a7f37",
    "refuted": "#b3261e",
    "error": "#b3261e",
    "unverifiable": "#6e6e6e",
    "stale": "#8a5a00",
    "self-reported": "#6e6e6e",
}
_NARROW, _WIDE = frozenset("fijlrt.,:;|!'()[] I1-"), frozenset("mwMW%@")


def files(entry: Entry) -> Mapping[str, str]:
    """The badges of a model by path from the site's root: one of all its claims, one of each that was measured."""
    badges = {f"badges/{entry.slug}": ("claims", summary(entry.tally()), colour(entry.tally()))}
    for shown in entry.claims:
        if shown.evidence is not None:
            path = f"badges/{entry.slug}-{shown.anchor}"
            badges.setdefault(path, (shown.claim.label, _words(shown), COLOURS[shown.status]))
    return {
        f"{path}.{suffix}": content
        for path, (label, message, shade) in badges.items()
        for suffix, content in (("svg", svg(label, message, shade)), ("json", endpoint(label, message, shade)))
    }


def summary(tally: Mapping[Status, int]) -> str:
    """What holds, in a few words: `4 of 5 reproduced`, `1 of 4 refuted`."""
    total, refuted = sum(tally.values()), tally.get("refuted", 0)
    good = tally.get("reproduced", 0) + tally.get("within-tolerance", 0)
    if not total:
        return "none"
    if refuted:
        return f"{refuted} of {total} refuted"
    return f"{good} of {total} reproduced" if good else "self-reported"


def colour(tally: Mapping[Status, int]) -> str:
    """Red if anything is refuted, green if everything is reproduced, amber if some is."""
    good = tally.get("reproduced", 0) + tally.get("within-tolerance", 0)
    if tally.get("refuted", 0):
        return COLOURS["refuted"]
    if good and good == sum(tally.values()):
        return COLOURS["reproduced"]
    return COLOURS["stale"] if good else COLOURS["self-reported"]


def endpoint(label: str, message: str, shade: str) -> str:
    """The JSON that shields.io's endpoint badge reads."""
    return json.dumps({"schemaVersion": 1, "label": label, "message": message, "color": shade.lstrip("#")}) + "\n"


def svg(label: str, message: str, shade: str) -> str:
    """A badge as a drawing, with its text for those who cannot see it."""
    left, right = _width(label) + 12, _width(message) + 12
    words, said = escape(label, quote=True), escape(message, quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" '
        f'aria-label="{words}: {said}"><title>{words}: {said}</title>'
        f'<clipPath id="r"><rect width="{left + right}" height="20" rx="3"/></clipPath><g clip-path="url(#r)">'
        f'<rect width="{left}" height="20" fill="#3f3f3f"/>'
        f'<rect x="{left}" width="{right}" height="20" fill="{shade}"/></g>'
        '<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">'
        f'<text x="{left / 2}" y="14" textLength="{left - 12}">{words}</text>'
        f'<text x="{left + right / 2}" y="14" textLength="{right - 12}">{said}</text></g></svg>\n'
    )


def _words(shown: Shown) -> str:
    return f"{shown.claim.reported.text} {shown.status.replace('-', ' ')}"


def _width(text: str) -> int:
    """About how many pixels a text takes at 11 px; `textLength` makes it exact."""
    return round(sum(3.9 if c in _NARROW else 9.5 if c in _WIDE else 7 for c in text)) or 1
