"""A card that tries every trick does nothing: not in its pages, the lists, the search, the plot, nor by itself."""

from __future__ import annotations

import csv
import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser
Watch = Callable[..., Any]


def pages(site: Path) -> list[str]:
    own = ("models", "collections", "datasets", "papers")
    return [
        "index.html",
        "findings.html",
        *(f.relative_to(site).as_posix() for d in own for f in (site / d).glob("*.html")),
    ]


def test_runs_nothing_and_asks_nobody(watch: Watch, hostile: Path, hostile_address: str) -> None:
    watched = watch(hostile_address)
    for path in pages(hostile):
        page = watched.open(path)
        assert page.evaluate("window.pwned") is None, path
        assert page.evaluate("window.origin") == hostile_address.rstrip("/")
        # The page is whole: nothing closed it early, hid it, covered it, or turned a value into markup.
        assert page.locator("footer").is_visible(), path
        assert page.locator("article h1").count() == 1, path
        assert page.evaluate("document.elementFromPoint(640, 300).closest('.md-container') !== null"), path
        content = page.locator("article")
        for element in ("iframe", "object", "embed", "form", "base", "meta", "style", "video", "math"):
            # The plot's own library makes an empty form for inputs that a specification may ask for.
            assert content.locator(f"{element}:not(.vega-bindings)").count() == 0, (path, element)
        for address in content.locator("a[href]").evaluate_all("all => all.map(a => a.href)"):
            assert address.startswith((hostile_address, "https://", "http://", "mailto:")), (path, address)
        handlers = content.evaluate(
            "root => [...root.querySelectorAll('*')].flatMap(e => e.getAttributeNames().filter(n => /^on/.test(n)))"
        )
        assert handlers == [], path


def test_stays_words_in_the_search_the_plot_and_the_comparison(
    watch: Watch, hostile: Path, hostile_address: str
) -> None:
    watched = watch(hostile_address)
    page = watched.open("index.html")
    page.get_by_role("textbox", name="Search").click()
    page.keyboard.type("evil", delay=10)
    page.locator("[data-md-component=search] ol a").first.wait_for()
    page.locator(".mir-names a").first.wait_for()
    page.keyboard.press("Escape")
    for point in page.locator("#mir-plot svg .mark-symbol.role-mark path").all():
        point.hover(force=True)
    slugs = [file.stem for file in (hostile / "models").glob("*.html") if file.stem != "index"]
    page = watched.open("compare.html?" + "&".join(f"m={slug}" for slug in slugs))
    assert page.get_by_role("columnheader").count() == len(slugs)
    assert page.evaluate("window.pwned") is None
    page = watched.open("models/index.html?find=<img src=x onerror=window.pwned=1>&collection=<script>&sort=__proto__")
    assert page.evaluate("window.pwned") is None


def test_copies_only_what_stands_still_inside_the_root(hostile: Path) -> None:
    copied = sorted(file.name.partition("-")[2] for file in (hostile / "assets" / "cards").iterdir())
    assert copied == ["dot.png", "notes.txt"]
    content = b"".join(file.read_bytes() for file in hostile.rglob("*") if file.is_file())
    assert b"root:x:" not in content


def test_shows_its_words_as_words(watch: Watch, hostile: Path, hostile_address: str) -> None:
    (page,) = [path for path in pages(hostile) if path.startswith("models/evil")]
    view = watch(hostile_address).open(page)
    heading = view.locator("h1").inner_text()
    for words in (
        "<img src=x onerror=",
        "**bold**",
        "[click](javascript:alert`2`)",
        "{{ 7 * 7 }}",
        "${7*7}",
        "&lt;script&gt;",
    ):
        assert words in heading
    assert "\u202e" not in heading
    assert "[code](javascript:window.pwned='code')" in view.locator(".mir-card").inner_text()


def test_is_quoted_for_machines(hostile: Path) -> None:
    for file in hostile.rglob("*.json"):
        json.loads(file.read_bytes())
    for file in (*hostile.rglob("*.svg"), *hostile.rglob("*.xml")):
        ET.fromstring(file.read_bytes())
    for file in (hostile / "csv").glob("*.csv"):
        for row in csv.reader(file.read_text(encoding="utf-8").splitlines()):
            assert not any(cell.startswith(("=", "@", "+")) for cell in row)
