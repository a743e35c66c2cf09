"""What readers come for, in a real browser: find a model, narrow down, follow a point, compare, copy."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from decimal import Decimal
from itertools import groupby
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from registry import numbers

pytestmark = pytest.mark.browser
Watch = Callable[..., Any]


FOCUSED = """
() => {
  const element = document.activeElement;
  const { outlineStyle } = getComputedStyle(element);
  return { kind: element.tagName, text: element.textContent.trim(), seen: outlineStyle !== "none" };
}
"""


MODELS = 151
"""On the site that is read."""


def names(page: Page) -> list[str]:
    return [name.strip() for name in page.locator("#models tbody th a").all_text_contents()]


def test_finds_a_model_by_searching_the_table(watch: Watch, either_address: str) -> None:
    page = watch(either_address).open("models/index.html")
    expect(page.locator(".mir-count")).to_have_text(f"{MODELS} models")
    page.get_by_label("Search models").fill("restest 27")
    expect(page.locator(".mir-count")).to_have_text(f"1 of {MODELS} models")
    assert page.url.endswith("?find=restest+27")
    page.locator("#models tbody th a").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("restest27")


def test_sorts_and_filters_and_keeps_both_in_the_address(watch: Watch, either_address: str) -> None:
    page = watch(either_address).open("models/index.html")
    page.get_by_role("button", name="Parameters").click()
    assert names(page)[0] == "digits-cnn"
    page.get_by_role("button", name="Parameters").click()
    assert names(page)[0].startswith("vit_h_14")
    expect(page.locator("th[aria-sort=descending]")).to_contain_text("Parameters")
    page.get_by_role("combobox", name="Claims").select_option("refuted")
    page.get_by_text("Ranges and more filters").click()
    page.get_by_label("Parameters, max").fill("50M")
    models = names(page)
    assert models
    assert all(int(name.removeprefix("restest")) <= 50 for name in models)
    assert models == sorted(models, key=lambda name: -int(name.removeprefix("restest")))
    # Somebody else opens the address.
    other = watch(either_address)
    other.open(page.url.removeprefix(either_address))
    assert names(other.page) == models
    other.page.get_by_role("button", name="Show all").click()
    expect(other.page.locator(".mir-count")).to_have_text(f"{MODELS} models")
    assert "?" not in other.page.url


def test_turns_the_pages_of_a_long_table(watch: Watch, either_address: str) -> None:
    page = watch(either_address).open("models/index.html")
    assert len(names(page)) == 50
    page.get_by_role("button", name="Next").click()
    assert len(names(page)) == 50
    assert page.url.endswith("?page=2")
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Next").click()
    assert len(names(page)) == MODELS - 150


def test_works_with_the_keyboard_alone(watch: Watch, either_address: str) -> None:
    page = watch(either_address).open("models/index.html")
    page.get_by_role("button", name="Parameters").focus()
    page.keyboard.press("Enter")
    assert names(page)[0] == "digits-cnn"
    page.get_by_label("Search models").focus()
    page.keyboard.type("alexnet")
    expect(page.locator(".mir-count")).to_have_text(f"1 of {MODELS} models")
    # From there Tab goes through the filters, the headings and the row, in the order in which they stand.
    passed = [page.evaluate(FOCUSED)]
    while passed[-1]["text"] != "AlexNet" and len(passed) < 40:
        page.keyboard.press("Tab")
        passed.append(page.evaluate(FOCUSED))
    assert [stop["text"] for stop in passed if not stop["seen"]] == []
    kinds = [kind for kind, _ in groupby(stop["kind"] for stop in passed)]
    assert kinds == ["INPUT", "SELECT", "SUMMARY", "BUTTON", "SECTION", "BUTTON", "INPUT", "A"]
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("AlexNet")


def test_follows_a_point_of_the_plot(watch: Watch, either_address: str) -> None:
    page = watch(either_address).open("index.html")
    figure = page.locator("#mir-plot[data-points]")
    expect(figure).to_have_attribute("data-points", str(MODELS - 3))
    page.get_by_label("Horizontal").select_option("macs")
    page.get_by_label("Vertical").select_option(label="Top 5 Accuracy, ImageNet")
    page.get_by_label("Logarithmic").uncheck()
    assert page.url.endswith("?x=macs&y=y1&log=0")
    expect(page.locator("#mir-plot svg")).to_contain_text("MACs")
    point = page.locator("#mir-plot svg .mark-symbol.role-mark path").last
    point.hover()
    expect(page.locator("#vg-tooltip-element")).to_contain_text("model")
    point.click()
    page.wait_for_url(re.compile(r"/models/[a-z0-9-]+\.html$"))


def test_compares_two_models(watch: Watch, either_address: str) -> None:
    page = watch(either_address).open("models/index.html?find=restest11")
    page.get_by_role("checkbox", name="Choose restest11 to compare").check()
    page.get_by_role("checkbox", name="Choose restest110 to compare").check()
    page.get_by_role("link", name="Compare 2 chosen").click()
    page.wait_for_url(re.compile(r"compare\.html\?m=restest11&m=restest110$"))
    table = page.get_by_role("table", name="Chosen models")
    expect(table.get_by_role("columnheader")).to_have_count(2)
    row = table.get_by_role("row", name=re.compile("^Parameters"))
    expect(row).to_contain_text("11000000")
    expect(row.locator("strong")).to_have_text("11000000")  # fewer is better
    page.get_by_role("combobox", name="Add a model").click()
    page.get_by_role("combobox", name="Add a model").fill("AlexNet")
    page.get_by_role("combobox", name="Add a model").press("Tab")
    expect(table.get_by_role("columnheader")).to_have_count(3)
    page.get_by_role("button", name="Remove restest110").click()
    expect(table.get_by_role("columnheader")).to_have_count(2)
    assert page.url.endswith("?m=restest11&m=alexnet")


def test_shows_a_claim_beside_its_measurement_and_evidence(watch: Watch, either_address: str) -> None:
    page = watch(either_address).open("models/alexnet.html")
    row = page.locator("tr#flops")
    expect(row).to_contain_text("1429383808")
    expect(row.locator("[data-label=Measured]")).to_have_text("1429383808")
    expect(row).to_contain_text("reproduced")
    row.get_by_text("Evidence").click()
    expect(row).to_contain_text("torch")
    expect(row).to_contain_text("sha256:")
    # Not clicked: for a document that is no page the browser asks for a favicon.
    record = page.request.get(row.get_by_role("link", name="Download the record").evaluate("link => link.href"))
    assert record.json()["verdict"] == "reproduced"


def test_reads_without_scripts(watch: Watch, either_address: str) -> None:
    watched = watch(either_address, java_script_enabled=False)
    page = watched.open("index.html")
    image = page.locator("#mir-plot img")
    expect(image).to_be_visible()
    assert image.bounding_box()["width"] > 400  # type: ignore[index]
    page.get_by_text(re.compile("^Models on the front")).click()
    expect(page.locator("#front tbody tr").first).to_be_visible()
    page = watched.open("models/index.html")
    assert page.locator("#models tbody tr").count() == 100
    expect(page.get_by_text(f"The first 100 of {MODELS} models")).to_be_visible()
    page = watched.open("models/restest8.html")
    expect(page.locator(".mir-claims")).to_contain_text("8000000")
    page = watched.open("datasets/imagenet.html")
    expect(page.get_by_role("heading", name="Top 1 Accuracy, val")).to_be_visible()
    page = watched.open("compare.html")
    expect(page.get_by_text("Comparing needs JavaScript")).to_be_visible()


def test_rows_that_come_as_data_say_what_the_csv_says(watch: Watch, either_address: str) -> None:
    watched = watch(either_address)
    page = watched.open("models/index.html?page=3&columns=macs,card_flops")
    data = page.request.get(f"{watched.base}csv/models.csv").text()
    rows = {row["model"]: row for row in csv.DictReader(io.StringIO(data))}
    locator = page.locator("#models tbody tr")
    texts = [re.sub(r"\s+", " ", text) for text in locator.all_inner_texts()]
    assert len(texts) == 50
    for text in texts:
        row = rows[text.split()[0]]
        for column in ("parameters", "macs"):
            if row[column]:
                assert numbers.short(Decimal(row[column]), "count") in text, row["model"]
        assert row["card_flops"] in text
