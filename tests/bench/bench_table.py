"""How fast the list of models answers in a browser, and what it weighs, beside DataTables with the same rows.

Run it by hand: `python tests/bench/bench_table.py SITE`, where SITE is a folder that `mir site build` left. It needs
Debian's chromium; the peer needs `pip install itables`, whose bundle of DataTables is what would be shipped. A filter
is timed from the event to the end of layout; the figures are the median and the slowest of several.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from measure import ROOT
from playwright.sync_api import Page, sync_playwright

QUERIES = ["n", "ne", "net", "net_0", "net_00", "net_001", "net_0012", "", "family 7", "family", "9", "zzz", ""]

OURS = """
(queries) => {
  const field = document.querySelector(".mir-controls input[type=search]");
  return queries.map((query) => {
    const start = performance.now();
    field.value = query;
    field.dispatchEvent(new Event("input"));
    document.body.getBoundingClientRect();
    return performance.now() - start;
  });
}
"""
THEIRS = """
(queries) => queries.map((query) => {
  const start = performance.now();
  window.table.search(query).draw();
  document.body.getBoundingClientRect();
  return performance.now() - start;
})
"""


def weight(files: list[Path]) -> int:
    """Bytes of files as a server sends them, compressed."""
    return sum(len(gzip.compress(file.read_bytes(), 6)) for file in files)


def ours(page: Page, site: Path) -> dict[str, Any]:
    """The list page of a site."""
    address = (site / "models" / "index.html").as_uri()
    page.goto(address)
    loaded = page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
    times = page.evaluate(OURS, QUERIES)
    own = [site / "models" / "index.html", site / "assets/mir/table.js", site / "assets/mir/mir.css"]
    rows = site / "assets/rows/models.js"
    return {
        "rows": int(page.locator(".mir-count").inner_text().split()[0]),
        "filter_ms_median": statistics.median(times),
        "filter_ms_slowest": max(times),
        "ready_ms": loaded,
        "page_bytes_compressed": weight([*own, *([rows] if rows.exists() else [])]),
        "with_theme_bytes_compressed": weight(
            [*own, *([rows] if rows.exists() else []), *(site / "assets").glob("*/*.min.*")]
        ),
    }


ROWS = """
() => {
  const template = document.createElement("template");
  template.innerHTML = window.mirRows?.models ?? "";
  const rows = [...document.querySelectorAll("#models tbody tr"), ...template.content.querySelectorAll("tr")];
  return rows.map((row) => [...row.cells].map((cell) => cell.innerHTML));
}
"""
PEER = """<!doctype html>
<link rel="stylesheet" href="dt_bundle.css"><table id="t"></table><script src="rows.js"></script>
<script type="module">
import DataTable from "./dt_bundle.js";
const columns = window.rows[0].map((_, at) => ({title: `c${at}`}));
window.table = new DataTable("#t", {data: window.rows, pageLength: 100, deferRender: true, columns});
</script>
"""


def theirs(page: Page, site: Path, folder: Path) -> dict[str, Any] | None:
    """DataTables over the same rows, as data so that it need not read them from the document."""
    found = importlib.util.find_spec("itables")
    if found is None or found.origin is None:
        return None
    page.route("**/table.js", lambda route: route.abort())  # which would take most rows out of the document
    page.goto((site / "models" / "index.html").as_uri())
    rows = page.evaluate(ROWS)
    for name in ("dt_bundle.js", "dt_bundle.css"):
        shutil.copy(Path(found.origin).parent / "html" / name, folder)
    (folder / "rows.js").write_text(f"window.rows = {json.dumps(rows)};\n", encoding="utf-8")
    (folder / "index.html").write_text(PEER, encoding="utf-8")
    page.goto((folder / "index.html").as_uri())
    page.wait_for_function("window.table !== undefined", timeout=60_000)
    times = page.evaluate(THEIRS, QUERIES)
    return {
        "filter_ms_median": statistics.median(times),
        "filter_ms_slowest": max(times),
        "page_bytes_compressed": weight(
            [folder / name for name in ("index.html", "rows.js", "dt_bundle.js", "dt_bundle.css")]
        ),
    }


def main() -> None:
    """Measure and write the figures."""
    site = Path(sys.argv[1]).resolve()
    chromium = shutil.which("chromium")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--allow-file-access-from-files"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        figures = {"mir": ours(page, site), "datatables": theirs(page, site, Path(folder))}
        browser.close()
    print(json.dumps(figures, indent=2))
    results = ROOT / "tests" / "bench" / "results" / f"table-cpu-{os.cpu_count()}core.json"
    results.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
