"""Every kind of page by each builder, at three widths, light and dark: one sheet each, to be looked at.

Run it by hand: `python tests/browser/screenshots.py FOLDER [--cards CARDS] [--page PATH ...]`. Without CARDS it shows
the site of the browser tests.
"""

from __future__ import annotations

import argparse
import io
import shutil
import tempfile
from pathlib import Path

from conftest import by_zensical, served, site_of, write_zoo
from PIL import Image
from playwright.sync_api import Page, sync_playwright
from test_appearance import PAGES, STILL

WIDTHS = (1440, 1024, 390)
LISTS = (
    *("tasks/image-classification.html", "datasets/index.html", "collections/index.html", "papers/index.html"),
    *("rules/index.html", "conventions/index.html", "schemas/index.html", "guide/commands.html"),
)
"""Kinds of page that are made of what others have, so that a test need not look at them."""
TALLEST = 2600
"""Pixels of a page that are shown; what is below is more of the same."""

ACROSS = 4000
"""Pixels of a sheet from left to right."""


def picture(page: Page, address: str, width: int) -> Image.Image:
    """A page from its top, as wide as the window."""
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.add_style_tag(content=STILL)
    height = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
    clip = {"x": 0, "y": 0, "width": width, "height": height}
    return Image.open(io.BytesIO(page.screenshot(clip=clip, full_page=True))).convert("RGB")


def sheet(pictures: list[Image.Image], file: Path) -> None:
    """Pictures of one width beside and below each other."""
    width = pictures[0].width
    across = max(1, ACROSS // width)
    lines = [pictures[at : at + across] for at in range(0, len(pictures), across)]
    heights = [max(picture.height for picture in line) + 20 for line in lines]
    whole = Image.new("RGB", (across * (width + 20), sum(heights)), "gray")
    top = 0
    for line, height in zip(lines, heights, strict=True):
        for at, picture in enumerate(line):
            whole.paste(picture, (at * (width + 20), top))
        top += height
    whole.resize((whole.width // 2, whole.height // 2)).save(file)


def main() -> None:
    """Build, look at each page, and write the sheets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cards", type=Path)
    parser.add_argument("--page", action="append", help="pages to show in place of all kinds")
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        work = Path(name)
        if chosen.cards is None:
            write_zoo(work / "cards")
        site = site_of(chosen.cards or work / "cards", work / "html")
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for builder, folder in (("mkdocs", site), ("zensical", by_zensical(site))):
            with served(folder) as base:
                for width in WIDTHS:
                    for scheme in ("light", "dark"):
                        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
                        paths = chosen.page or (*PAGES.values(), *LISTS)
                        file = chosen.folder / f"{builder}-{width}-{scheme}.png"
                        sheet([picture(page, base + path, width) for path in paths], file)
                        print(file)
                        page.close()
        browser.close()


if __name__ == "__main__":
    main()
