"""How the pages look: what axe and an HTML validator say, a phone's width, print."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error, Page

pytestmark = pytest.mark.browser
Watch = Callable[..., Any]

ROOT = Path(__file__).parents[2]
PAGES = {
    "home": "index.html",
    "models": "models/index.html?find=restest1",
    "model": "models/restest8.html",
    "card": "models/alexnet.html",
    "compare": "compare.html?m=alexnet&m=restest8",
    "collection": "collections/restest.html?find=restest1",
    "dataset": "datasets/scikit-learn-digits-samples-1437-1796.html",
    "leaderboards": "datasets/imagenet.html",
    "tasks": "tasks/index.html",
    "imported": "imported.html",
    "why": "why-flops.html?count=4.11&model=resnet50",
    "missing": "404.html",
    "paper": "papers/deep-residual-testing.html",
    "findings": "findings.html",
    "rule": "rules/MIR202.html",
    "convention": "conventions/thop-0-0-31.html",
    "schema": "schemas/evidence.html",
    "guide": "guide/index.html",
    "python": "reference/python.html",
}
ALIKE = {"tasks", "imported", "missing", "collection", "paper", "convention", "schema", "guide", "python"}
"""Pages that on a phone have nothing that others have not."""

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 900}

WCAG = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
STILL = "*, ::before, ::after { transition: none !important; animation: none !important }"
"""The theme fades its tabs, also while a picture of the page is taken; half of a colour has half of its contrast."""

TOO_WIDE = "(document.documentElement.scrollWidth - document.documentElement.clientWidth)"
NAMES = {"include": [[".mir-names"], {"fromShadowDom": ["body > div[style*=z-index]", ".mir-names"]}]}
"""The section of the search that is ours: in a page, or inside of Zensical's panel."""
CONTRAST = {"type": "rule", "values": ["color-contrast"]}
"""All that the other colours can change."""


VALIDATOR = ROOT / "build" / "html-validate" / "node_modules" / ".bin" / "html-validate"
VALID = {
    "extends": ["html-validate:recommended"],
    # Blanks at the end of lines, which nobody sees, are the builders'; an address in a page may be as long as it is.
    "rules": {"no-trailing-whitespace": "off", "long-title": "off"},
}


@pytest.mark.parametrize("builder", ["material", "zensical"])
def test_axe_finds_nothing(watch: Watch, request: pytest.FixtureRequest, builder: str) -> None:
    """No rule of WCAG 2.2 AA is broken and nothing is wider than the window, on any kind of page.

    Zensical shows the same, in colours of its own; what its theme brings, header and navigation, is left out.
    """
    address = request.getfixturevalue("address" if builder == "material" else "other_address")
    context = "article" if builder == "zensical" else None
    wrong = []

    def look(page: Page, subject: str, rules: dict[str, Any] | None) -> None:
        try:  # what a script draws follows a new width a moment later
            page.wait_for_function(f"{TOO_WIDE} <= 0", timeout=5000)
        except Error:
            wrong.append(f"{subject}: {page.evaluate(TOO_WIDE)} pixels wider than the window")
        if rules is None:
            return
        results = Axe().run(page, context=context, options={"resultTypes": ["violations"], "runOnly": rules})
        for violation in results.response["violations"]:
            nodes = "; ".join(
                node["html"][:160] + " " + node["failureSummary"][:300] for node in violation["nodes"][:3]
            )
            wrong.append(f"{subject}: {violation['impact']} {violation['id']}: {nodes}")

    def opened(scheme: str) -> Callable[[str], Page]:
        watched = watch(address, color_scheme=scheme)

        def still(path: str) -> Page:
            watched.page.set_viewport_size(DESKTOP)
            page: Page = watched.open(path)
            page.add_style_tag(content=STILL)
            return page

        return still

    light, dark = opened("light"), opened("dark")
    for name, path in PAGES.items():
        look(light(path), f"{name}, desktop, light", WCAG if builder == "material" else CONTRAST)
        if builder == "material":
            page = dark(path)
            assert page.locator("body[data-md-color-scheme=slate]").count() == 1
            look(page, f"{name}, desktop, dark", CONTRAST)
            page.set_viewport_size(PHONE)
            look(page, f"{name}, phone, dark", None if name in ALIKE else WCAG)
    assert wrong == []


@pytest.mark.parametrize("builder", ["material", "zensical", "disk"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_names_of_the_search(
    watch: Watch, request: pytest.FixtureRequest, builder: str, scheme: str
) -> None:
    base = request.getfixturevalue({"material": "address", "zensical": "other_address"}.get(builder, "site"))
    watched = watch(base if isinstance(base, str) else f"{base.as_uri()}/", color_scheme=scheme, width=PHONE["width"])
    page = watched.open("models/alexnet.html")
    page.add_style_tag(content=STILL)
    page.locator("label[for=__search]").first.click()
    page.locator("input:focus").wait_for()
    page.keyboard.type("restest1")
    page.locator(".mir-names a").first.wait_for()
    page.wait_for_timeout(400)  # until the panel of the theme stands still
    found = Axe().run(page, context=NAMES, options={"runOnly": WCAG, "preload": False})
    assert [(each["id"], each["nodes"]) for each in found.response["violations"]] == []
    box = page.locator(".mir-names").bounding_box()
    assert box is not None
    assert 0 <= box["x"] <= box["x"] + box["width"] <= PHONE["width"]


def test_prints_what_can_be_read_on_paper(watch: Watch, address: str) -> None:
    page = watch(address).open("models/index.html")
    page.emulate_media(media="print")
    assert not page.locator(".mir-controls").is_visible()
    assert page.locator("#models tbody tr").first.is_visible()
    page = watch(address).open("models/restest8.html")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 720, "height": 1000})  # what A4 leaves between its margins
    assert page.evaluate("document.querySelector('.mir-claims').scrollWidth") <= 720


@pytest.fixture(scope="module")
def validator() -> str:
    """html-validate of npm, where `.ci/run` puts it, or on the path."""
    program = str(VALIDATOR) if VALIDATOR.exists() else shutil.which("html-validate")
    if program is None:
        pytest.skip("html-validate is missing: npm install --prefix build/html-validate html-validate@10.17.0")
    return program


@pytest.mark.parametrize("builder", ["material", "zensical"])
def test_a_validator_finds_nothing_in_the_pages(
    validator: str, request: pytest.FixtureRequest, tmp_path: Path, builder: str
) -> None:
    site = request.getfixturevalue("site" if builder == "material" else "other_site")
    config = tmp_path / "rules.json"
    config.write_text(json.dumps({"root": True, **VALID}))
    files = sorted({str(site / path.partition("?")[0]) for path in PAGES.values()})
    command = [validator, "--config", str(config), "--formatter", f"json={tmp_path / 'said'}", *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    reports = json.loads((tmp_path / "said").read_text(encoding="utf-8"))  # a pipe would lose the end of it
    assert len(reports) == len(files), done.stderr
    messages = Counter(
        (Path(report["filePath"]).name, message["ruleId"], message["message"])
        for report in reports
        for message in report["messages"]
        if message["line"] in ours(Path(report["filePath"]))
    )
    assert messages == Counter()
    assert any(report["messages"] for report in reports), "the theme's own are found, so that the validator looks"


def ours(file: Path) -> set[int]:
    """The lines of a page that are ours; what the theme brings, around them and into them, is named in the guide."""
    lines = file.read_text(encoding="utf-8").splitlines()
    first = next(at for at, line in enumerate(lines, 1) if "<article" in line)
    last = next(at for at, line in enumerate(lines, 1) if "</article>" in line)
    return {at for at in range(first, last + 1) if 'class="md-' not in lines[at - 1] and 'id="__' not in lines[at - 1]}
