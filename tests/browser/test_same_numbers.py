"""Every number of the site is one of the cards and the evidence: pages, JSON, CSV and `mir show` say the same.

Read from the files of the site that the browsers look at, for all of its models.
"""

from __future__ import annotations

import csv
import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from registry.evidence import Store
from registry.evidence.beside import worded
from registry.loader import load
from registry.query.model_claims import show
from registry.query.registry_tables import tables

ROW = re.compile(
    r'<tr id="[^"]*">\s*<th scope="row"><bdi>(?P<label>[^<]*)</bdi>(?:<small>.*?</small>)?</th>\s*'
    r'<td[^>]*data-label="Reported">(?P<reported>[^<]*)</td>\s*'
    r'<td[^>]*data-label="Measured">(?P<measured>[^<]*)<.*?'
    r'<span class="mir-word">(?P<verdict>[^<]*)</span>',
    re.DOTALL,
)
SAID = re.compile(
    r'<tr id="[^"]*">\s*<th scope="row"><bdi data-value="([^"]*)">.*?</bdi></th>\s*<td>.*?</td>\s*'
    r'<td[^>]*data-label="Reported">([^<]*)</td>\s*</tr>'
)
"""Rows of a model of which nothing was measured."""


def said_by_page(site: Path, slug: str) -> list[tuple[str, ...]]:
    text = (site / "models" / f"{slug}.html").read_text(encoding="utf-8")
    if 'class="mir-table mir-said"' in text:
        return [(unescape(label), unescape(reported), "self-reported") for label, reported in SAID.findall(text)]
    return [tuple(unescape(row[name]) for name in ("label", "reported", "verdict")) for row in ROW.finditer(text)]


def slug_of(model: dict[str, Any]) -> str:
    return Path(model["page"]).stem


def told(claim: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(claim[key] for key in ("subject", "reported", "value", "verdict"))


@pytest.fixture(scope="module")
def models(site: Path) -> list[dict[str, Any]]:
    listed = json.loads((site / "api/v1/models.json").read_text(encoding="utf-8"))["data"]
    return [json.loads((site / model["url"]).read_text(encoding="utf-8"))["data"] for model in listed]


def test_pages_say_what_the_json_says(site: Path, models: list[dict[str, Any]]) -> None:
    for model in models:
        claims = [(claim["label"], claim["reported"], worded(claim["verdict"])) for claim in model["claims"]]
        assert said_by_page(site, slug_of(model)) == claims, model["name"]


def test_csv_says_what_the_json_says(site: Path, models: list[dict[str, Any]]) -> None:
    with (site / "csv/claims.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    claims = [(model["name"], claim) for model in models for claim in model["claims"]]
    assert len(rows) == len(claims)
    for row, (name, claim) in zip(rows, claims, strict=True):
        assert (row["model"], row["label"], row["reported"]) == (name, claim["label"], claim["reported"])
        assert row["verdict"] == claim["verdict"]
        assert float(row["value"]) == claim["value"]
        assert (float(row["measured"]) if row["measured"] else None) == claim["measured"]


def test_mir_show_says_what_the_json_says(site: Path, models: list[dict[str, Any]]) -> None:
    cards = site.with_name("cards")
    registry_tables = tables(load([cards]), Store(cards / "evidence").all())
    for model in models:
        (entry,) = show(registry_tables, model["name"])
        entry_claims = [(*told(claim), (claim["evidence"] or {}).get("measured")) for claim in entry["claims"]]
        json_claims = [(*told(claim), claim["measured"]) for claim in model["claims"]]
        assert entry_claims == json_claims, model["name"]


def test_lists_and_leaderboards_say_what_the_json_says(site: Path, models: list[dict[str, Any]]) -> None:
    by_name = {model["name"]: model for model in models}
    with (site / "csv/models.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["model"] for row in rows] == [model["name"] for model in models]
    for row in rows:
        model = by_name[row["model"]]
        parameters = next((claim["value"] for claim in model["claims"] if claim["subject"] == "parameters"), None)
        assert (float(row["parameters"]) if row["parameters"] else None) == parameters
        assert (float(row["macs"]) if row["macs"] else None) == model["macs"]
        assert dict(_tally(row["verdict"])) == model["verdicts"]
    ranked = 0
    for file in (site / "api/v1/datasets").glob("*.json"):
        for board in json.loads(file.read_text(encoding="utf-8"))["data"]["leaderboards"]:
            for place in board["places"]:
                claims = [claim for claim in by_name[place["model"]]["claims"] if claim["subject"] == board["subject"]]
                assert (place["reported"], place["value"], place["verdict"]) in [
                    (claim["reported"], claim["value"], claim["verdict"]) for claim in claims
                ]
                ranked += 1
    assert ranked > len(models)


def _tally(text: str) -> list[tuple[str, int]]:
    pairs = (part.rpartition(" ") for part in text.split("; ") if part)
    return [(verdict, int(count)) for verdict, _, count in pairs]
