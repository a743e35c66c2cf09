"""What people come to a site of models for, done in a browser on both builders, with the clicks counted.

A click is one of the mouse; typing a word is none. The most that a task may take stands beside it.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser
Watch = Callable[..., Any]


class Visitor:
    """Somebody with a mouse, whose clicks are counted."""

    def __init__(self, watched: Any) -> None:
        self.page: Page = watched.page
        self.base: str = watched.base
        self.goes: Callable[[str], Page] = watched.open
        self.clicks = 0

    def clicks_on(self, target: Locator) -> None:
        target.click()
        self.clicks += 1

    def types(self, words: str) -> Locator:
        """Types into the site's search, key by key; the names that it shows."""
        page = self.page
        material = page.locator("[data-md-component=search] input[type=text]").count()
        self.clicks_on(
            page.get_by_role("textbox", name="Search") if material else page.locator(".md-search button").first
        )
        page.locator("input:focus").wait_for()
        page.keyboard.type(words, delay=20)
        shown = page.locator(".mir-names a")
        shown.first.wait_for()
        return shown

    def searches(self, words: str) -> str:
        """Types into the site's search and opens what it shows first; the heading of that."""
        shown = self.types(words)
        self.page.wait_for_timeout(400)  # until the builder's own list is whole
        self.clicks_on(shown.first)
        heading = self.page.get_by_role("heading", level=1).first
        heading.wait_for()
        return heading.inner_text().strip().removesuffix("\N{PILCROW SIGN}")


@pytest.fixture
def visitor(either_address: str, watch: Watch) -> Visitor:
    watched = watch(either_address, permissions=["clipboard-read", "clipboard-write"])
    someone = Visitor(watched)
    someone.goes("index.html")
    return someone


def names(page: Page) -> list[str]:
    return [name.strip() for name in page.locator("tbody th a:visible").all_text_contents()]


def test_says_in_ten_seconds_what_this_is(visitor: Visitor) -> None:
    """1. What is this? 0 clicks: a wrong number with what is right, and the four numbers of one network, in sight."""
    page = visitor.page
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Are the numbers on model cards right"))
    expect(page.locator(".mir-wrong li").first).to_be_in_viewport()
    expect(page.locator(".mir-wrong li").first).to_contain_text("Measured:")
    assert [text.strip() for text in page.locator(".mir-resnet50 tbody th").all_inner_texts()] == [
        "4.09",
        "4.11",
        "4.12",
        "8.2",
    ]
    assert visitor.clicks == 0


def test_tells_why_a_number_differs(visitor: Visitor) -> None:
    """2. Why does somebody print 4.11 for ResNet-50? 1 click."""
    visitor.clicks_on(visitor.page.get_by_role("link", name="4.11", exact=True))
    answer = visitor.page.locator("#mir-ways-answer")
    expect(answer).to_contain_text("fvcore 0.1.5")
    expect(answer).to_contain_text("224x224")
    assert visitor.clicks == 1


@pytest.mark.parametrize("words", ["resnet50", "ResNet 50", "resnet-50"])
def test_finds_a_model_however_it_is_spelt(visitor: Visitor, words: str) -> None:
    """3. Find ResNet-50. 2 clicks: the search, its first result."""
    assert visitor.searches(words).startswith("resnet50.IMAGENET1K")
    assert visitor.clicks == 2


def test_finds_a_data_set(visitor: Visitor) -> None:
    """4. Find ImageNet's leaderboards. 2 clicks."""
    assert visitor.searches("imagenet") == "ImageNet"
    assert visitor.clicks == 2


@pytest.mark.parametrize(
    ("number", "study"),
    [
        ("41282200", "Wrong numbers in published zoos"),
        ("4.11", "Why do FLOPs differ?"),
        ("8.2", "Why do FLOPs differ?"),
    ],
)
def test_finds_what_a_number_is(visitor: Visitor, number: str, study: str) -> None:
    """5. Where did I see 41282200, or 4.11? 2 clicks."""
    assert visitor.searches(number) == study
    assert visitor.clicks == 2
    if study.startswith("Why"):
        expect(visitor.page.locator("#mir-ways-number")).to_have_value(number)


def test_reaches_names_and_what_is_below_them_with_the_keyboard(visitor: Visitor) -> None:
    """A search with arrows and Enter. 1 click, into the search."""
    page = visitor.page
    shown = visitor.types("restest1")
    page.locator("[data-md-component=search-result] ol a, a[role=option]").first.wait_for()
    focused = page.locator("a:focus")
    for at in range(shown.count()):
        page.keyboard.press("ArrowDown")
        expect(focused).to_have_text(shown.nth(at).text_content() or "")
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    expect(page.locator(".mir-names a:focus")).to_have_count(0)
    for _ in range(3):
        page.keyboard.press("ArrowUp")
    expect(page.locator(".mir-names a:focus")).to_have_count(1)
    page.keyboard.type("0")
    expect(page.locator("input:focus")).to_have_value("restest10")
    expect(shown.first).to_have_text("restest10model")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("restest10")
    assert visitor.clicks == 1


def test_leads_by_like_with_like(visitor: Visitor) -> None:
    """6. The best on ImageNet without extra data, at 224 pixels. 2 choices on the leaderboard."""
    page = visitor.goes("datasets/imagenet.html")
    page.get_by_role("combobox", name="Extra data").first.select_option("none known")
    page.get_by_role("combobox", name="Input").first.select_option("224x224")
    models = page.locator("#imagenet-top-1-accuracy-1 tbody th a").all_inner_texts()
    assert models
    assert not any("SWAG" in name for name in models)
    assert "imagenet-top-1-accuracy-1.input=224x224" in page.url


def test_shows_only_what_was_measured(visitor: Visitor) -> None:
    """7. Only measured results. 1 click."""
    page = visitor.goes("datasets/imagenet.html")
    before = page.locator(".mir-count").first.inner_text()
    visitor.clicks_on(page.get_by_label("Measured only").first)
    expect(page.locator(".mir-count").first).not_to_have_text(before)
    table = page.locator("#imagenet-top-1-accuracy-1")
    assert table.get_by_text("card only").count() == 0
    assert visitor.clicks == 1


def test_narrows_down_by_cost(visitor: Visitor) -> None:
    """8. Under 30 M parameters and 5 G multiply-accumulates, the most accurate. 2 clicks, beside typing."""
    page = visitor.goes("models/index.html?task=Image+Classification&find=resnet50")
    visitor.clicks_on(page.get_by_text("Ranges and more filters"))
    page.get_by_label("Parameters, max").fill("30M")
    page.get_by_label("MACs, max", exact=True).fill("5G")
    visitor.clicks_on(page.get_by_role("button", name="Top 1 Accuracy, ImageNet"))
    assert names(page)[0] == "resnet50.IMAGENET1K_V2"
    assert visitor.clicks == 2


def test_compares_without_calling_unlike_best(visitor: Visitor) -> None:
    """9. Two models side by side. 3 clicks."""
    page = visitor.goes("models/index.html?find=IMAGENET1K_SWAG_E2E+vit")
    visitor.clicks_on(page.locator(".mir-choose").nth(0))
    visitor.clicks_on(page.locator(".mir-choose").nth(1))
    visitor.clicks_on(page.get_by_role("link", name="Compare 2 chosen"))
    table = page.get_by_role("table", name="Chosen models")
    expect(table.get_by_role("row", name=re.compile("^MACs, counted by mir"))).to_be_visible()
    expect(table.get_by_role("row", name=re.compile("^Top 1 Accuracy"))).not_to_contain_text("best")
    expect(page.get_by_text("input sizes differ")).to_be_visible()
    assert visitor.clicks == 3


def test_copies_how_to_load(visitor: Visitor) -> None:
    """10. Load it. 1 click."""
    page = visitor.goes("models/resnet50-imagenet1k-v2.html")
    block = page.locator("#load-it + .highlight")
    block.hover()
    visitor.clicks_on(block.get_by_role("button"))
    page.wait_for_function("navigator.clipboard.readText().then((text) => text.includes('get_model_weights'))")
    assert visitor.clicks == 1


@pytest.mark.parametrize(
    ("model", "cited"),
    [("restest7", "@article{restest"), ("resnet50-imagenet1k-v1", "Deep Residual"), ("digits-cnn", "{Model card}")],
)
def test_cites_every_model(visitor: Visitor, model: str, cited: str) -> None:
    """11. Cite it, from the card, its paper, or the card alone. 0 clicks on its page."""
    page = visitor.goes(f"models/{model}.html")
    expect(page.locator("#cite-it + .highlight")).to_contain_text(cited)
    assert visitor.clicks == 0


def test_leads_to_the_evidence(visitor: Visitor) -> None:
    """12. See on what a verdict rests, and take it home. 1 click to see."""
    page = visitor.goes("models/alexnet.html")
    row = page.locator("tr#flops")
    visitor.clicks_on(row.get_by_text("Evidence"))
    expect(row).to_contain_text("sha256:")
    address = row.get_by_role("link", name="Download the record").evaluate("link => link.href")
    assert page.request.get(address).json()["verdict"] == "reproduced"
    assert visitor.clicks == 1


def test_takes_a_model_home(visitor: Visitor) -> None:
    """13. Card and weights to verify. 1 click."""
    page = visitor.goes("models/digits-cnn.html")
    with page.expect_download() as started:
        visitor.clicks_on(page.get_by_role("link", name="Download card and weights"))
    data = Path(started.value.path()).read_bytes()
    assert zipfile.ZipFile(io.BytesIO(data)).namelist() == ["digits-cnn.md", "digits-cnn.safetensors"]
    expect(page.locator("#verify-it ~ .highlight").first).to_contain_text("mir verify digits-cnn.md")
    assert visitor.clicks == 1


def test_leads_to_the_card_and_to_who_mends_it(visitor: Visitor) -> None:
    """14. Report an error, with the line of the card. 1 click."""
    page = visitor.goes("models/alexnet.html")
    links = page.locator(".mir-links a")
    card = links.filter(has_text="alexnet.md").get_attribute("href")
    report = links.filter(has_text="Report an error").get_attribute("href")
    assert re.fullmatch(r"https://github\.com/owner/zoo/blob/main/models/alexnet\.md#L\d+", card or "")
    assert (report or "").startswith("https://github.com/owner/zoo/issues/new?title=AlexNet")


def test_gives_badges(visitor: Visitor) -> None:
    """15. A badge for a README, with whole addresses where the site is served. 0 clicks."""
    page = visitor.goes("models/resnet50-imagenet1k-v2.html")
    lines = page.locator(".mir-badges code").inner_text()
    assert f"]({visitor.base}badges/resnet50-imagenet1k-v2.svg)" in lines
    rank = re.search(r"\((\S+-rank\.svg)\)", lines)
    assert rank is not None
    assert " of " in page.request.get(rank[1]).text()


def test_shows_progress_and_what_is_wrong_in_a_zoo(visitor: Visitor) -> None:
    """16. Progress over time, and the mistakes of one zoo by kind. 1 click and 2 choices."""
    page = visitor.goes("datasets/imagenet.html")
    figure = page.locator(".mir-charts figure").first
    expect(figure).to_contain_text("Progress over time")
    visitor.clicks_on(figure.get_by_text("Models on the line"))
    expect(figure.locator("li a").first).to_be_visible()
    page = visitor.goes("findings.html")
    page.get_by_role("combobox", name="Zoo").select_option("mmpretrain")
    page.get_by_role("combobox", name="Kind").select_option("swapped")
    expect(page.locator(".mir-count")).to_have_text(re.compile("^3 of"))
    assert (
        page.locator("#findings tbody th a")
        .first.get_attribute("href", timeout=1000)
        .startswith("https://github.com/open-mmlab/")
    )
    assert visitor.clicks == 1
