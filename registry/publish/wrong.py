"""What was found wrong: by checking and measuring this registry's cards, and in published zoos."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from registry.checks import RULES
from registry.evidence.beside import Shown
from registry.publish.content import PageContent
from registry.publish.reasons import reason
from registry.resources import resource

OWN = "this registry"
REFUTED = "refuted by measuring"
DISAGREES = "disagrees with the file"

_DISAGREES = re.compile(r"floats make (\d+) to \d+ bytes; the card says (otherwise|half)")
_ROW = re.compile(r"^\| \[(?P<card>.+?)\]\((?P<url>https://[^)\s]+)\) \|(?P<rest>.+)\|$", re.MULTILINE)
_EIGHT_BITS = (0.2, 0.32)
"""What a file of 8-bit numbers has of the bytes that 32-bit floats make."""

_SEVERITIES = {"error": 1, "warning": 3, "info": 4}


@dataclass(frozen=True, kw_only=True, slots=True)
class Mistake:
    """Something that was found wrong, or worth a remark.

    Attributes:
        kind: A rule's name, or what kind of mistake a measurement showed.
        zoo: Where the card stands.
        page: Where the site says more of it.
        url: The card, where it is elsewhere.
        measured: What is right.
        off: By which share of what was measured the card's number differs from it.
    """

    kind: str
    zoo: str
    severity: str
    subject: str
    wrong: str
    page: str | None = None
    url: str | None = None
    claim: str = ""
    measured: str = ""
    place: str = ""
    rule: str = ""
    off: float = 0

    @property
    def order(self) -> int:
        """Where it stands in the list: what measuring showed, errors, published zoos, and what may be meant so."""
        if self.kind in (REFUTED, DISAGREES):
            return 0
        return 2 if self.zoo != OWN else _SEVERITIES[self.severity]


def mistakes(content: PageContent) -> list[Mistake]:
    """Everything, the gravest first."""
    items = [*_measured(content), *_checked(content), *(studied() if content.studies else ())]
    return sorted(items, key=lambda mistake: (mistake.order, -mistake.off))


def _measured(content: PageContent) -> Iterator[Mistake]:
    for entry in content.catalog.entries:
        for outcome in entry.claims:
            evidence = outcome.evidence
            if evidence is None:
                continue
            disagrees = outcome.verdict == "unverifiable" and _disagrees(outcome)
            if outcome.verdict == "refuted" or disagrees:
                yield Mistake(
                    kind=DISAGREES if disagrees else REFUTED,
                    zoo=OWN,
                    severity="warning" if disagrees else "error",
                    subject=entry.name,
                    page=f"{entry.page}#{outcome.anchor}",
                    claim=f"{outcome.claim.label} {outcome.claim.reported.text}",
                    wrong=reason(outcome),
                    measured=outcome.measured,
                    place=f"{entry.file}:{outcome.claim.location.line}",
                    off=_off(outcome),
                )


def _off(outcome: Shown) -> float:
    """By which share of a measured value the claimed one differs from it."""
    measured = outcome.evidence.measurement if outcome.evidence else None
    return abs(float(outcome.claim.reported.value) / measured.value - 1) if measured and measured.value else 0.0


def _disagrees(outcome: Shown) -> bool:
    """Whether a card's file size is not that of its tensors, in whole or quantized to 8 bits."""
    match = _DISAGREES.search(outcome.evidence.reason if outcome.evidence else "")
    if match is None:
        return False
    share = float(outcome.claim.reported.value) / int(match[1])
    return not _EIGHT_BITS[0] < share < _EIGHT_BITS[1]


def _checked(content: PageContent) -> Iterator[Mistake]:
    of_model = {id(finding): entry for entry in content.catalog.entries for finding in entry.findings}
    for finding in content.catalog.findings:
        entry, rule = of_model.get(id(finding)), RULES.get(finding.rule)
        yield Mistake(
            kind=rule.name if rule else "reading",
            zoo=OWN,
            severity=finding.severity,
            subject=entry.name if entry else "",
            page=entry.page if entry else None,
            wrong=finding.message,
            place=f"{finding.location.file}:{finding.location.line}",
            rule=finding.rule,
        )


@cache
def studied() -> tuple[Mistake, ...]:
    """Wrong numbers in published zoos, from the page that lists them, in its order."""
    text = (resource("site") / "pages" / "wrong-numbers.md").read_text(encoding="utf-8").replace("`", "")
    mistakes = []
    for row in _ROW.finditer(text):
        kind, claim, wrong, measured = (part.strip() for part in row["rest"].split("|"))
        zoo, _, models = row["card"].partition(" ")
        mistakes.append(
            Mistake(
                kind=kind,
                zoo=zoo.rstrip(","),
                severity="error",
                subject=models,
                url=row["url"],
                claim=claim,
                wrong=wrong,
                measured="" if measured == "-" else measured,
            )
        )
    return tuple(mistakes)
