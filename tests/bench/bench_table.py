"""How fast the list of models answers in a browser, and what it weighs, beside DataTables and Tabulator.

Run it by hand: `python tests/bench/bench_table.py SITE [PEERS]`, where SITE is a folder that `mir site build` left,
and PEERS one where `npm install jquery datatables.net tabulator-tables` ran. It needs Debian's chromium. A key is timed
from its event to the end of layout, which for a large table includes the wait for the next frame; the figures are the
median and the slowest of several, and the browser's own processor time, which a busy machine does not stretch.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from measure import ROOT
from playwright.sync_api import CDPSession, Page, sync_playwright

QUERIES = ["n", "ne", "net", "net_0", "net_00", "net_001", "net_0012", "", "family 7", "family", "9", "zzz", ""]

OURS = """
async (queries) => {
  const field = document.querySelector(".mir-controls input[type=search]");
  const times = [];
  for (const query of queries) {
    const start = performance.now();
    field.value = query;
    field.dispatchEvent(new Event("input"));
    await new Promise(requestAnimationFrame);
    document.body.getBoundingClientRect();
    times.push(performance.now() - start);
  }
  return times;
}
"""
THEIRS = """
(queries) => queries.map((query) => {
  const start = performance.now();
  window.search(query);
  document.body.getBoundingClientRect();
  return performance.now() - start;
})
"""
PEERS = {
    "datatables": (
        ("jquery/dist/jquery.min.js", "datatables.net/js/dataTables.min.js"),
        """
const columns = rows[0].map((title) => ({title}));
const table = new DataTable("#t", {data: rows.slice(1), pageLength: 50, deferRender: true, columns});
window.search = (query) => table.search(query).draw();
""",
    ),
    "tabulator": (
        ("tabulator-tables/dist/js/tabulator.min.js", "tabulator-tables/dist/css/tabulator.min.css"),
        """
const columns = rows[0].map((title, at) => ({title, field: `c${at}`}));
const data = rows.slice(1).map((row) => Object.fromEntries(row.map((cell, at) => [`c${at}`, cell])));
const table = new Tabulator("#t", {data, columns, pagination: true, paginationSize: 50});
const holds = (row, {query}) => Object.values(row).some((cell) => cell.toLowerCase().includes(query));
window.search = (query) => table.setFilter(holds, {query});
""",
    ),
}


def weight(files: list[Path]) -> int:
    """Bytes of files as a server sends them, compressed."""
    return sum(len(gzip.compress(file.read_bytes(), 6)) for file in files)


def ours(page: Page, site: Path) -> dict[str, Any]:
    """The list page of a site."""
    address = (site / "models" / "index.html").as_uri()
    page.goto(address)
    loaded = page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
    page.evaluate(OURS, QUERIES)  # what is made once is made
    times, used = timed(page, OURS)
    own = [site / "models" / "index.html", site / "assets/mir/table.js", site / "assets/mir/mir.css"]
    rows = site / "assets/rows/models.js"
    return {
        "rows": int(page.locator(".mir-count").inner_text().split()[0]),
        "filter_ms_median": statistics.median(times),
        "filter_ms_slowest": max(times),
        "filter_processor_ms": used,
        "ready_ms": loaded,
        "page_bytes_compressed": weight([*own, *([rows] if rows.exists() else [])]),
        "with_theme_bytes_compressed": weight(
            [*own, *([rows] if rows.exists() else []), *(site / "assets").glob("*/*.min.*")]
        ),
    }


def timed(page: Page, script: str) -> tuple[list[float], float]:
    """The time of each query, and the mean time that the page's own thread worked for one."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    before = _worked(session)
    times: list[float] = page.evaluate(script, QUERIES)
    return times, 1000 * (_worked(session) - before) / len(QUERIES)


def _worked(session: CDPSession) -> float:
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration"))


def theirs(page: Page, site: Path, peers: Path, name: str, folder: Path) -> dict[str, Any]:
    """Another library over the same rows, as data, so that it need not read them from the document."""
    with (site / "csv" / "models.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    files, script = PEERS[name]
    copied = [Path(shutil.copy(peers / "node_modules" / file, folder)).name for file in files]
    tags = [
        f'<link rel="stylesheet" href="{file}">' if file.endswith(".css") else f'<script src="{file}"></script>'
        for file in copied
    ]
    (folder / "rows.js").write_text(f"const rows = {json.dumps(rows)};\n", encoding="utf-8")
    body = f'<div><table id="t"></table></div><script src="rows.js"></script><script>{script}</script>'
    if name == "tabulator":
        body = body.replace('<table id="t"></table>', '<div id="t"></div>')
    (folder / "index.html").write_text("<!doctype html>" + "".join(tags) + body, encoding="utf-8")
    page.goto((folder / "index.html").as_uri())
    page.wait_for_function("window.search !== undefined", timeout=60_000)
    page.wait_for_timeout(2000)
    page.evaluate(THEIRS, QUERIES)
    times, used = timed(page, THEIRS)
    return {
        "filter_ms_median": statistics.median(times),
        "filter_ms_slowest": max(times),
        "filter_processor_ms": used,
        "page_bytes_compressed": weight([folder / file for file in ("index.html", "rows.js", *copied)]),
    }


def main() -> None:
    """Measure and write the figures."""
    site = Path(sys.argv[1]).resolve()
    peers = Path(sys.argv[2]).resolve() if len(sys.argv) > 2 else None
    chromium = shutil.which("chromium")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--allow-file-access-from-files"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        figures = {"mir": ours(page, site)}
        for name in PEERS if peers is not None else ():
            own = Path(folder) / name
            own.mkdir()
            figures[name] = theirs(page, site, peers, name, own)
        browser.close()
    print(json.dumps(figures, indent=2))
    results = ROOT / "tests" / "bench" / "results" / f"table-cpu-{os.cpu_count()}core.json"
    results.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
