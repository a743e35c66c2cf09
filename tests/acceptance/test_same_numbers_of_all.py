"""Every claim of every model of the registry is the same in the site's JSON and CSV, on its pages and in `mir show`."""

from __future__ import annotations

import csv
import io
import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from registry.evidence import Store
from registry.evidence.beside import worded
from registry.loader import load
from registry.numbers import whole
from registry.publish import site_api
from registry.publish.claims import claims_csv
from registry.publish.content import PageContent, gather
from registry.publish.links import Links
from registry.publish.material import Material
from registry.publish.pages import models
from registry.publish.render import Renderer
from registry.query.model_claims import show
from registry.query.registry_tables import Tables, tables

MODELS = Path(__file__).parents[2] / "models"
EVERY = 12
"""Of so many models one's page is rendered; to render all takes half a minute."""

ROW = re.compile(
    r'<th scope="row"><bdi>(?P<label>[^<]*)</bdi>(?:<small>.*?</small>)?</th>\s*'
    r'<td[^>]*data-label="Reported">(?P<reported>[^<]*)</td>.*?<span class="mir-word">(?P<verdict>[^<]*)</span>',
    re.DOTALL,
)


@pytest.fixture(scope="module")
def both() -> tuple[PageContent, Tables]:
    index, evidence = load([MODELS]), Store(MODELS / "evidence").all()
    return gather(Material(index=index, evidence=evidence)), tables(index, evidence)


@pytest.fixture(scope="module")
def documents(both: tuple[PageContent, Tables]) -> list[dict[str, Any]]:
    content, _ = both
    first = (next(site_api.files_of(content, Links(), entry)) for entry in content.catalog.entries)
    return [json.loads(text)["data"] for _, text in first]


def told(claim: dict[str, Any]) -> tuple[Any, ...]:
    return (claim["subject"], claim["reported"], whole(claim["value"]), claim["verdict"])


def test_csv_has_every_claim_of_the_json(both: tuple[PageContent, Tables], documents: list[dict[str, Any]]) -> None:
    rows = list(csv.DictReader(io.StringIO(claims_csv(both[0]))))
    claims = [(model["name"], claim) for model in documents for claim in model["claims"]]
    assert len(rows) == len(claims) > 27_000
    for row, (name, claim) in zip(rows, claims, strict=True):
        assert (row["model"], row["label"], row["reported"], row["verdict"]) == (
            *(name, claim["label"], claim["reported"]),
            claim["verdict"],
        )
        assert float(row["value"]) == claim["value"]
        assert (float(row["measured"]) if row["measured"] else None) == claim["measured"]


def test_tables_of_show_and_query_have_every_claim_of_the_json(
    both: tuple[PageContent, Tables], documents: list[dict[str, Any]]
) -> None:
    tables = both[1]
    measured = {row["claim_id"]: whole(row["measured"]) for row in tables.evidence.rows()}
    ours = [(*told(row), measured.get(at)) for at, row in enumerate(tables.claims.rows())]
    references = [(*told(claim), claim["measured"]) for model in documents for claim in model["claims"]]
    assert ours == references
    for model in documents[:: EVERY**2]:
        (document,) = show(tables, model["name"])
        ours = [(*told(claim), (claim["evidence"] or {}).get("measured")) for claim in document["claims"]]
        assert ours == [(*told(claim), claim["measured"]) for claim in model["claims"]], model["name"]


def test_pages_say_every_claim_of_the_json(both: tuple[PageContent, Tables], documents: list[dict[str, Any]]) -> None:
    content, renderer = both[0], Renderer(Links())
    for entry, model in list(zip(content.catalog.entries, documents, strict=True))[::EVERY]:
        page = renderer.render(models.page_of(content, renderer.links, entry))
        cells = [tuple(unescape(row[key]) for key in ("label", "reported", "verdict")) for row in ROW.finditer(page)]
        assert cells == [(claim["label"], claim["reported"], worded(claim["verdict"])) for claim in model["claims"]]
