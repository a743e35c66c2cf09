"""Take the README's pictures from a built site: `python .github/take_pictures.py build/html` after `make run`.

Needs the extra `test` (Playwright) and a Chromium, and writes PNG files into `site/pages/pictures`.
"""

from __future__ import annotations

import shutil
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

PICTURES = Path(__file__).resolve().parents[1] / "site" / "pages" / "pictures"
SHOTS = {
    "model-page": ("models/resnet50-imagenet1k-v1.html", None),
    "plot": ("datasets/imagenet.html", "main .mir-charts svg >> nth=1"),
}
"""Picture: page, and the element that is shown, or the top of the page."""
WIDTH, HEIGHT = 1340, 900
COLOURS = 128
"""A screenshot of text and lines needs no more, and a third of the bytes."""


def main(site: Path) -> None:
    """Take every picture.

    Args:
        site: Folder of the built site.
    """
    handler = partial(SimpleHTTPRequestHandler, directory=site)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server, sync_playwright() as playwright:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        for name, (file, selector) in SHOTS.items():
            page.goto(f"http://127.0.0.1:{server.server_port}/{file}", wait_until="networkidle")
            target = PICTURES / f"{name}.png"
            if selector is None:
                page.screenshot(path=target)
            else:
                page.locator(selector).screenshot(path=target)
            with Image.open(target) as picture:
                picture.convert("RGB").quantize(COLOURS).save(target, optimize=True)
        browser.close()
        server.shutdown()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
