"""What machines read: JSON by its schema, the feed, badges."""

import csv
import io
import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from registry.publish import badge_files, site_api
from registry.publish.claims import claims_csv
from registry.publish.links import Links
from registry.resources import resource

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def content(contents: Any) -> Any:
    model = contents.model
    verdicts = {
        ("a", "top-1-accuracy"): "reproduced",
        ("a", "parameters"): "reproduced",
        ("b", "parameters"): "refuted",
    }
    return contents(
        [model("a", "70%"), model("b", "71%"), model("c", "72%")], verdicts, base_url="https://example.org/z"
    )


def documents_of(content: Any) -> Iterator[tuple[str, str]]:
    """Every document of a site."""
    yield from site_api.files(content, Links())
    for entry in content.catalog.entries:
        yield from site_api.files_of(content, Links(), entry)


def test_every_document_follows_the_schema(content: Any) -> None:
    schema = json.loads((resource("schemas") / "site-api.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == site_api.SCHEMA_ID
    evidence = Draft202012Validator(json.loads((resource("schemas") / "evidence.schema.json").read_text()))
    own = Draft202012Validator(schema)
    kinds = set()
    for path, text in documents_of(content):
        document = json.loads(text)
        validator = evidence if path.startswith("api/v1/evidence/") else own
        assert [error.message for error in validator.iter_errors(document)] == [], path
        kinds.add(document.get("kind"))
    assert kinds == {*schema["properties"]["kind"]["enum"], None}


def test_addresses_in_it_are_whole_and_there(content: Any) -> None:
    documents = {f"https://example.org/z/{path}": json.loads(text) for path, text in documents_of(content)}
    index = documents["https://example.org/z/api/v1/index.json"]["data"]
    assert all(address in documents for address in index.values())
    for summary in documents[index["models"]]["data"]:
        claims = documents[summary["url"]]["data"]["claims"]
        assert all(claim["evidence"] in documents for claim in claims if claim["evidence"])


def test_the_feed_has_the_newest_verdict_first(content: Any) -> None:
    root = ET.fromstring(badge_files.atom(replace(content, name="A & B"), Links()))
    entries = root.findall(f"{ATOM}entry")
    assert len(entries) == 3
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == 3
    assert root.findtext(f"{ATOM}updated") == "2026-01-02T03:04:05Z"
    assert {entry.find(f"{ATOM}link").get("href") for entry in entries} == {  # type: ignore[union-attr]
        "https://example.org/z/models/a.html",
        "https://example.org/z/models/b.html",
    }


def test_every_model_has_a_badge_and_every_measured_claim_one(content: Any) -> None:
    _, b, _ = content.catalog.entries
    files = badge_files.files(b)
    assert set(files) == {f"badges/b{part}.{kind}" for part in ("", "-parameters") for kind in ("svg", "json")}
    assert json.loads(files["badges/b.json"])["message"] == "1 of 2 refuted"
    assert ET.fromstring(files["badges/b-parameters.svg"]).get("aria-label", "").startswith("Parameters: 1000")


def test_every_claim_is_a_line_of_csv(content: Any) -> None:
    rows = list(csv.DictReader(io.StringIO(claims_csv(content), newline="")))
    assert [(row["model"], row["subject"], row["verdict"]) for row in rows[:3]] == [
        ("a", "parameters", "reproduced"),
        ("a", "top-1-accuracy", "reproduced"),
        ("b", "parameters", "refuted"),
    ]
    assert (rows[2]["reported"], rows[2]["value"], rows[2]["measured"]) == ("1000", "1000", "250.0")
