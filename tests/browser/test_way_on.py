"""Where a reader is lost: no such page, a page from the disk, the end of a wide table, a small window."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
Watch = Callable[..., Any]


@pytest.fixture(params=["material", "zensical"])
def folder(request: pytest.FixtureRequest) -> Path:
    """Their folder."""
    return request.getfixturevalue("site" if request.param == "material" else "other_site")


def test_a_page_that_is_not_there_leads_on(watch: Watch, either_address: str) -> None:
    watched = watch(either_address)
    page = watched.open("zoo/restest-99.html")
    (message,) = watched.said  # the browser's word about the page itself
    assert "status of 404" in message
    watched.said.clear()
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no such page")
    expect(page.get_by_role("link", name="Leaderboards").first).to_be_visible()
    page.get_by_role("link", name="Models called restest 99").click()
    expect(page.locator(".mir-count")).to_contain_text("1 of ")
    page.locator("#models tbody th a").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("restest99")


def test_from_the_disk_names_can_be_searched(watch: Watch, folder: Path) -> None:
    watched = watch(folder.as_uri() + "/")
    page = watched.page
    page.goto((folder / "guide" / "index.html").as_uri())
    page.keyboard.press("/")
    page.keyboard.type("restest 27", delay=20)
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("Opened from the disk, this site can be searched by names alone")
    expect(dialog.get_by_role("link").first).to_have_text("restest27model")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.locator(".md-search button").click()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("restest27")
    page.goto((folder / "compare.html").as_uri() + "?m=alexnet")
    expect(page.locator("#mir-compare")).to_contain_text("serve the site with mir site serve")
    # Zensical's theme asks for an index that it writes for sites without a server alone.
    watched.said[:] = [message for message in watched.said if "ERR_FILE_NOT_FOUND" not in message]


def test_headings_of_a_table_stay_in_sight(watch: Watch, either_address: str) -> None:
    page = watch(either_address).open("models/index.html")
    page.locator("#models tbody tr").nth(40).scroll_into_view_if_needed()
    heading = page.locator("#models thead th").first
    expect(heading).to_be_in_viewport()
    box = heading.bounding_box()
    assert box is not None
    assert page.evaluate(
        "([x, y]) => document.elementFromPoint(x, y).closest('thead') !== null", [box["x"] + 20, box["y"] + 10]
    )


CUT = """
() => [...document.querySelectorAll("article *")].filter((each) => {
  const box = each.getBoundingClientRect();
  const apart = each.closest(".mir-unseen, .mir-word, .mir-scroll, pre, svg, thead, [hidden], details:not([open])");
  const hidden = !box.width || !box.height || apart;
  return !hidden && (box.right > innerWidth + 1 || box.left < -1);
}).map((each) => `${each.tagName}.${each.className}: ${each.textContent.trim().slice(0, 40)}`)
"""


def clipped(page: Page) -> list[str]:
    """What reaches out of the window, and columns of tables that do not fit where they are not for scrolling."""
    return page.evaluate(CUT)


PLACES = (
    *("index.html", "models/index.html", "models/alexnet.html", "datasets/imagenet.html", "findings.html"),
    *(
        "why-flops.html?count=4.11&model=resnet50",
        "tasks/index.html",
        "imported.html",
        "404.html",
        "compare.html?m=alexnet&m=restest8",
    ),
)


@pytest.mark.parametrize("width", [1024, 390])
def test_nothing_is_cut_off(watch: Watch, either_address: str, width: int) -> None:
    watched = watch(either_address, width=width)
    for path in PLACES:
        page = watched.open(path)
        assert clipped(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, path
        if width == 1024:
            wide = ".mir-scroll"
            assert (
                page.locator(wide).evaluate_all(
                    "all => all.filter((each) => each.scrollWidth > each.clientWidth + 1).map((each) => each.ariaLabel)"
                )
                == []
            ), path


def test_filters_rank_anew_what_they_leave(watch: Watch, either_address: str) -> None:
    page = watch(either_address).open("datasets/imagenet.html")
    table = page.locator("#imagenet-top-1-accuracy-1")
    ranks = table.locator("tbody td:first-child")
    page.get_by_role("combobox", name="Extra data").first.select_option("none known")
    assert ranks.all_inner_texts()[:2] == ["1", "2"]
    expect(table.locator("thead th").first).to_have_attribute("title", re.compile("filters"))
    page.get_by_role("button", name="Show all").first.click()
    first = table.locator("tbody tr", has_text="SWAG").first.locator("td").first
    expect(first).to_have_text("1")


def test_a_leaderboard_shows_its_results_on_a_phone(watch: Watch, either_address: str) -> None:
    page = watch(either_address, width=390).open("datasets/imagenet.html")
    table = page.locator("#imagenet-top-1-accuracy-1")
    table.scroll_into_view_if_needed()
    row = table.locator("tbody tr").first
    assert row.locator("td").evaluate_all("cells => cells.every((cell) => cell.getBoundingClientRect().right <= 390)")
    assert (
        row.locator("td[data-label=Parameters]").evaluate("cell => getComputedStyle(cell, '::before').content")
        != "none"
    )
    name = row.locator("th a")
    assert name.evaluate(
        "link => link.scrollHeight <= link.clientHeight || getComputedStyle(link).display === 'inline'"
    )
    assert name.inner_text() == name.get_attribute("title")
