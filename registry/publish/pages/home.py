"""The first page: what is in the registry, how much of it holds, and accuracy against cost."""

from __future__ import annotations

from collections.abc import Iterator

from registry.evidence.standing import STATUSES
from registry.publish import vega
from registry.publish.content import Content
from registry.publish.page import Page
from registry.publish.pages.models import claimed
from registry.publish.plot import Plot
from registry.publish.table import Column, Row, Table, text

SCRIPT = "assets/plot/models.js"
"""Where what the plot shows is, from the site's root."""


def pages(content: Content, plot: Plot | None) -> Iterator[Page]:
    """The home page."""
    tally = content.catalog.tally()
    yield Page(
        path="index.md",
        template="home.md.j2",
        title="Home",
        description="Models, what their cards claim, and which of it was reproduced.",
        hide=("navigation", "toc"),
        search="",
        context={
            "content": content,
            "claims": sum(tally.values()),
            "tally": [(status, tally[status]) for status in STATUSES if status in tally],
            "plot": plot,
            "script": SCRIPT,
            "vega": vega.script_path(),
            "front": _front(plot) if plot else None,
        },
    )


def _front(plot: Plot) -> Table:
    """The drawing in words: the models of its front."""
    (cost, cost_label), (_, result_label, better, _) = plot.costs[0], plot.results[0]
    columns = (
        Column(key="model", label="Model"),
        Column(key=cost, label=cost_label, number=True),
        Column(key="result", label=result_label, number=True, first="down" if better == "higher" else "up"),
    )
    rows = [
        Row(
            cells=(
                text(point.entry.name, to=point.entry.page),
                claimed(point.cost),
                claimed(point.result),
            )
        )
        for point in plot.front
    ]
    return Table(id="front", caption="Models that no other beats on both", columns=columns, rows=rows, noun="models")
