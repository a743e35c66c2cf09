"""The list of ten thousand models: each key is answered, and it weighs, less than its bar."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser

ROWS = 10_000
KEYS = """
async (queries) => {
  const field = document.querySelector(".mir-controls input[type=search]");
  for (const query of queries) {
    field.value = query;
    field.dispatchEvent(new Event("input"));
    await new Promise(requestAnimationFrame);
    document.body.getBoundingClientRect();
  }
}
"""
QUERIES = ["r", "re", "res", "rest", "restest 12", "", "vit", "9", "zzz", "50"]


def many(site: Path) -> str:
    """The script of rows that a list of ten thousand models brings: those of the site again and again, named anew."""
    head, _, data = (site / "assets/rows/models.js").read_text(encoding="utf-8").partition(" = ")
    own, forms, verdicts, _, *columns = json.loads(data.rstrip(";\n"))
    count = ROWS - 100
    repeated = [[cells[at % len(cells)] for at in range(count)] for cells in columns]
    repeated[0] = [[[[f"net_{at:05d}.variant", 1]]] for at in range(count)]
    for cells, form in zip(repeated, forms, strict=True):
        for at, cell in enumerate(cells):
            if form == "count" and cell and isinstance(cell[0], int | float):
                cells[at] = [cell[0] + 7919 * at, *cell[1:]]
    return f"{head} = {json.dumps([own, forms, verdicts, [1] * count, *repeated])};\n"


def test_ten_thousand_models_answer_each_key(site: Path, watch: Callable[..., Any], address: str) -> None:
    script = many(site)
    watched = watch(address)
    page = watched.page
    page.route("**/assets/rows/models.js", lambda route: route.fulfill(body=script, content_type="text/javascript"))
    watched.open("models/index.html")
    assert page.locator(".mir-count").inner_text() == f"{ROWS} models"
    page.evaluate(KEYS, QUERIES)  # what is made once is made
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})  # processor time, which a busy machine leaves

    def worked() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return float(next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration"))

    before = worked()
    page.evaluate(KEYS, QUERIES)
    assert 0 < (worked() - before) / len(QUERIES) < 0.1
    own = ("models/index.html", "assets/mir/table.js", "assets/mir/mir.css")
    weight = sum(len(gzip.compress((site / name).read_bytes())) for name in own) + len(gzip.compress(script.encode()))
    assert weight < 1_000_000
