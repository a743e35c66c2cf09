"""Badges that a README can embed: SVG drawings, and JSON for shields.io's endpoint badge."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape

from registry.evidence.beside import ShownVerdict, worded
from registry.types.safe_text import safe_text

COLOURS: dict[ShownVerdict, str] = {
    "reproduced": "#1a7f37",
    "within-tolerance": "#1a7f37",
    "refuted": "#b3261e",
    "error": "#b3261e",
    "unverifiable": "#6e6e6e",
    "imported": "#3f5f9f",
    "stale": "#8a5a00",
    "self-reported": "#6e6e6e",
}
_NARROW, _WIDE = frozenset("fijlrt.,:;|!'()[] I1-"), frozenset("mwMW%@")


@dataclass(frozen=True, kw_only=True, slots=True)
class Badge:
    """A label, what is said of it, and the colour of that."""

    label: str
    message: str
    colour: str

    def json(self) -> str:
        """What shields.io's endpoint badge reads."""
        endpoint = {"schemaVersion": 1, "label": self.label, "message": self.message, "color": self.colour.lstrip("#")}
        return json.dumps(endpoint) + "\n"

    def svg(self) -> str:
        """A drawing, with its text for those who cannot see it."""
        left, right = _width(self.label) + 12, _width(self.message) + 12
        words, message = _escaped(self.label), _escaped(self.message)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" '
            f'aria-label="{words}: {message}"><title>{words}: {message}</title>'
            f'<clipPath id="r"><rect width="{left + right}" height="20" rx="3"/></clipPath><g clip-path="url(#r)">'
            f'<rect width="{left}" height="20" fill="#3f3f3f"/>'
            f'<rect x="{left}" width="{right}" height="20" fill="{self.colour}"/></g>'
            '<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">'
            f'<text x="{left / 2}" y="14" textLength="{left - 12}">{words}</text>'
            f'<text x="{left + right / 2}" y="14" textLength="{right - 12}">{message}</text></g></svg>\n'
        )


def of_claims(verdicts: Iterable[ShownVerdict]) -> Badge:
    """All claims of a model, by where each stands: `4 of 5 reproduced`."""
    counts = Counter(verdicts)
    return Badge(label="claims", message=summary(counts), colour=colour(counts))


def of_claim(label: str, reported: str, verdict: ShownVerdict) -> Badge:
    """One claim: `56.55% reproduced`."""
    return Badge(label=label, message=f"{reported} {worded(verdict)}", colour=COLOURS[verdict])


def summary(counts: Mapping[ShownVerdict, int]) -> str:
    """What holds, in a few words: `4 of 5 reproduced`, `1 of 4 refuted`."""
    total, refuted = sum(counts.values()), counts.get("refuted", 0)
    good = counts.get("reproduced", 0) + counts.get("within-tolerance", 0)
    if not total:
        return "none"
    if refuted:
        return f"{refuted} of {total} refuted"
    return f"{good} of {total} reproduced" if good else "self-reported"


def colour(counts: Mapping[ShownVerdict, int]) -> str:
    """Red if anything is refuted, green if everything is reproduced, amber if some is."""
    good = counts.get("reproduced", 0) + counts.get("within-tolerance", 0)
    if counts.get("refuted", 0):
        return COLOURS["refuted"]
    if good and good == sum(counts.values()):
        return COLOURS["reproduced"]
    return COLOURS["stale"] if good else COLOURS["self-reported"]


def _escaped(text: str) -> str:
    return escape(safe_text(text), quote=True)


def _width(text: str) -> int:
    """About how many pixels a text takes at 11 px; `textLength` makes it exact."""
    return round(sum(3.9 if c in _NARROW else 9.5 if c in _WIDE else 7 for c in text)) or 1
