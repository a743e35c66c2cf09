"""The site for machines: `api/v1/*.json`, described by `schemas/site-api.schema.json`.

Every document is made from the same data as the pages. Addresses in it are relative to the site's root, or whole where
the site's address is known.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from registry.evidence import to_json
from registry.evidence.beside import Shown
from registry.evidence.claim_key import record_file_of, record_stem_of
from registry.numbers import whole
from registry.publish.catalog import CatalogEntry
from registry.publish.claims import measured_by
from registry.publish.content import PageContent
from registry.publish.facts import facts
from registry.publish.leaderboards import Board, LeaderboardDataset, variant
from registry.publish.links import Links
from registry.publish.reasons import reason
from registry.types import Claim, Evidence, Finding

SCHEMA_ID = "https://model-index-registry.github.io/schemas/v1/site-api.schema.json"
"""`$id` of the schema that every document follows."""


def files(content: PageContent, links: Links) -> Iterator[tuple[str, str]]:
    """Every document but those of single models, by path from the site's root."""
    api = _Api(content, links)
    lists: dict[str, Any] = {
        "models": [api.summary(entry) for entry in content.catalog.entries],
        "collections": [api.collection(family) for family in content.families],
        "datasets": [api.dataset(dataset) for dataset in content.datasets],
        "papers": [
            {"title": paper.title, "url": paper.url, "page": api.url(paper.page), "models": api.names(paper.entries)}
            for paper in content.papers
        ],
        "findings": [_finding(finding) for finding in content.catalog.findings],
    }
    yield "api/v1/index.json", _dump("index", {name: api.url(f"api/v1/{name}.json") for name in lists})
    for name, items in lists.items():
        yield f"api/v1/{name}.json", _dump(name, items)
    for dataset in content.datasets:
        yield f"api/v1/datasets/{dataset.slug}.json", _dump("dataset", api.leaderboards(dataset))


def files_of(content: PageContent, links: Links, entry: CatalogEntry) -> Iterator[tuple[str, str]]:
    """The documents of one model: itself, and its evidence."""
    yield _of_model(entry), _dump("model", _Api(content, links).model(entry))
    for outcome in entry.claims:
        if outcome.evidence is not None:
            yield evidence_path(outcome), _record(outcome.evidence)
        for other in outcome.imported:
            yield imported_path(other), _record(other)


def evidence_path(outcome: Shown) -> str:
    """Where the record of a claim is, from the site's root."""
    return f"api/v1/evidence/{record_file_of(outcome.claim)}"


def imported_path(evidence: Evidence) -> str:
    """Where the record of what another harness measured is, which stands beside that of the claim."""
    return f"api/v1/evidence/{record_stem_of(evidence)}.json"


def _record(evidence: Evidence) -> str:
    return json.dumps(to_json(evidence), indent=2, ensure_ascii=True) + "\n"


class _Api:
    """Turns content into JSON data."""

    def __init__(self, content: PageContent, links: Links) -> None:
        self._base, self._links, self._profiles = content.base_url, links, content.profiles

    def url(self, path: str) -> str:
        return self._base + self._links.address(path)

    def names(self, entries: tuple[CatalogEntry, ...]) -> list[dict[str, str]]:
        return [{"name": entry.name, "url": self.url(_of_model(entry))} for entry in entries]

    def summary(self, entry: CatalogEntry) -> dict[str, Any]:
        return {
            "name": entry.name,
            "collection": entry.model.collection,
            "page": self.url(entry.page),
            "url": self.url(_of_model(entry)),
            "verdicts": dict(entry.tally()),
            "findings": len(entry.findings),
        }

    def model(self, entry: CatalogEntry) -> dict[str, Any]:
        model = entry.model
        return {
            **self.summary(entry),
            "file": entry.file,
            "line": model.location.line,
            "dialect": model.dialect,
            "fields": {fact.label: [text for text, _ in fact.values] for fact in facts(model.fields)},
            "metadata": {fact.label: [text for text, _ in fact.values] for fact in facts(model.metadata)},
            "badge": self.url(f"badges/{entry.slug}.svg"),
            **self._profile(entry),
            "claims": [self.claim(entry, outcome) for outcome in entry.claims],
            "findings": [_finding(finding) for finding in entry.findings],
        }

    def _profile(self, entry: CatalogEntry) -> dict[str, Any]:
        profile = self._profiles[entry.slug]
        return {
            "macs": profile.macs,
            "input": profile.size or None,
            "training_data": list(profile.training_data),
            "published": profile.date or None,
            "added": profile.added or None,
            "licence": profile.licence or None,
        }

    def claim(self, entry: CatalogEntry, outcome: Shown) -> dict[str, Any]:
        claim, evidence = outcome.claim, outcome.evidence
        measured = outcome.measurement
        return {
            **_reported(claim),
            "part": variant(entry, claim) or None,
            "better": claim.term.better,
            "measured_by": measured_by(outcome),
            "verdict": outcome.verdict,
            "measured": None if measured is None else measured.value,
            "interval": None if measured is None or measured.interval is None else list(measured.interval),
            "convention": None if measured is None else measured.convention,
            "reason": reason(outcome) or None,
            "stale": list(outcome.stale),
            "time": (evidence.time or None) if evidence else None,
            "evidence": self.url(evidence_path(outcome)) if evidence else None,
            "imported": [self._imported(record) for record in outcome.imported],
        }

    def _imported(self, evidence: Evidence) -> dict[str, Any]:
        measured = evidence.measurement
        return {
            "harness": None if measured is None else measured.details.get("harness"),
            "verdict": evidence.verdict,
            "measured": None if measured is None else measured.value,
            "evidence": self.url(imported_path(evidence)),
        }

    def collection(self, family: Any) -> dict[str, Any]:
        return {"name": family.name, "page": self.url(family.page), "models": self.names(family.entries)}

    def dataset(self, dataset: LeaderboardDataset) -> dict[str, Any]:
        return {
            "name": dataset.name,
            "page": self.url(dataset.page),
            "url": self.url(f"api/v1/datasets/{dataset.slug}.json"),
            "models": dataset.models,
        }

    def leaderboards(self, dataset: LeaderboardDataset) -> dict[str, Any]:
        return {**self.dataset(dataset), "leaderboards": [self.board(board) for board in dataset.boards]}

    def board(self, board: Board) -> dict[str, Any]:
        return {
            "task": board.task,
            "metric": board.metric,
            "subject": board.subject,
            "better": board.better,
            "variant": board.variant,
            "places": [
                {
                    "rank": place.rank,
                    "model": place.entry.name,
                    "url": self.url(_of_model(place.entry)),
                    "reported": place.shown.claim.reported.text,
                    "value": whole(float(place.shown.claim.reported.value)),
                    "verdict": place.shown.verdict,
                    "measured_by": measured_by(place.shown),
                    **self._profile(place.entry),
                }
                for place in board.places
            ],
        }


def _of_model(entry: CatalogEntry) -> str:
    return f"api/v1/models/{entry.slug}.json"


def _reported(claim: Claim) -> dict[str, Any]:
    return {
        "subject": claim.subject,
        "label": claim.label,
        "kind": claim.kind,
        "task": claim.task,
        "dataset": claim.dataset.name if claim.dataset else None,
        "reported": claim.reported.text,
        "value": whole(float(claim.reported.value)),
        "half_width": whole(float(claim.reported.half_width)),
        "unit": claim.reported.unit,
        "digest": claim.digest,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    at = finding.location
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "message": finding.message,
        "file": at.file,
        "line": at.line,
        "column": at.column,
        "path": at.path,
    }


def _dump(kind: str, data: Any) -> str:
    return json.dumps({"$schema": SCHEMA_ID, "kind": kind, "data": data}, ensure_ascii=True) + "\n"
