"""Every link of a site leads somewhere, and no page loads anything from another host. Read from the files."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from jsonschema_rs import validator_for

JSON_LD = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
LOADS = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src", "use": "href", "video": "src"}


class Links(HTMLParser):
    """What a page refers to, what it loads, and the anchors that it has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.anchors |= {attributes[name] for name in ("id", "name") if name in attributes}
        if tag == "a" and "href" in attributes:
            self.links.append(attributes["href"])
        if (
            tag in LOADS
            and LOADS[tag] in attributes
            and attributes.get("rel") not in ("canonical", "prev", "next", "alternate")
        ):
            self.loads.append(attributes[LOADS[tag]])


def broken(site: Path) -> list[str]:
    pages = {file.resolve(): Links(file.read_text(encoding="utf-8")) for file in site.rglob("*.html")}
    problems = []
    for file, page in pages.items():
        if file.name == "404.html":
            continue  # it is served at any address, so its links begin at the root
        for link in (*page.links, *page.loads):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                if link in page.loads and not link.startswith("data:"):
                    problems.append(f"{file.name} loads {link}")
                continue
            target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            if not target.is_file():
                problems.append(f"{file.relative_to(site)}: {link}")
            elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].anchors:
                problems.append(f"{file.relative_to(site)}: no anchor {link}")
    return problems


@pytest.mark.parametrize("kind", ["site", "hostile"])
def test_every_link_and_anchor_is_there(kind: str, request: pytest.FixtureRequest) -> None:
    site: Path = request.getfixturevalue(kind)
    assert len(list(site.rglob("*.html"))) > 20
    assert broken(site.resolve()) == []


@pytest.mark.parametrize("kind", ["site", "hostile"])
def test_every_document_for_machines_follows_its_schema(kind: str, request: pytest.FixtureRequest) -> None:
    site: Path = request.getfixturevalue(kind)
    schemas = {
        path: validator_for(json.loads((site / "schemas/v1" / f"{path}.schema.json").read_text()))
        for path in ("evidence", "site-api")
    }
    for file in (site / "api").rglob("*.json"):
        schema = schemas["evidence" if "evidence" in file.parts else "site-api"]
        assert list(schema.iter_errors(json.loads(file.read_text(encoding="utf-8")))) == [], file
    for file in site.rglob("*.html"):
        for data in JSON_LD.findall(file.read_text(encoding="utf-8")):
            assert json.loads(data)["@context"] == "https://schema.org", file


def test_every_page_names_the_feed(site: Path) -> None:
    for file in site.rglob("*.html"):
        assert '<link rel="alternate feed" type="application/atom+xml"' in file.read_text(encoding="utf-8"), file


def test_published_zoos_build_with_every_link(published: Path) -> None:
    models = json.loads((published / "api/v1/models.json").read_text())["data"]
    assert len(models) in (261, 548)
    assert broken(published.resolve()) == []
