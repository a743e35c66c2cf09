"""The plot of the home page: accuracy against cost, as a Vega-Lite specification, and as a drawing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from registry.evidence.status import Shown
from registry.publish import escape, vega
from registry.publish.catalog import CatalogEntry
from registry.publish.content import PageContent
from registry.publish.links import Links

_COSTS = {"parameters": "Parameters", "flops": "FLOPs", "file-size": "File size (bytes)"}
_FORMS = {"ratio": "~%"}
"""How an axis prints numbers of a kind, in d3's words; `~s`, with an SI prefix, for all others."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """A model on the plot's first pair of axes."""

    entry: CatalogEntry
    cost: Shown
    result: Shown


@dataclass(frozen=True, kw_only=True, slots=True)
class Plot:
    """The plot.

    Attributes:
        costs: What can be on the x axis: key and label.
        results: What can be on the y axis: key, label, which direction is good, and how its numbers are printed.
        script: The file that brings the specification and the models.
        drawn: The specification of a drawing of the first pair of axes, for readers without scripts.
        front: The models that no other beats on both axes, cheapest first.
    """

    costs: tuple[tuple[str, str], ...]
    results: tuple[tuple[str, str, str, str], ...]
    script: str
    drawn: str
    front: tuple[Point, ...]

    @property
    def drawing_path(self) -> str:
        """Where the drawing is, from the site's root: a name that says what is drawn."""
        return f"assets/plot/{hashlib.sha256(self.drawn.encode()).hexdigest()[:12]}.svg"


def plot(content: PageContent, links: Links) -> Plot | None:
    """The plot of a registry; `None` where no two models have both a cost and a result."""
    boards = [(f"y{at}", headline) for at, headline in enumerate(content.headlines) if headline.board.better]
    values: dict[str, Mapping[str, Shown]] = {key: headline.of for key, headline in boards}
    for subject in _COSTS:
        values[subject] = {
            entry.slug: shown
            for entry in content.catalog.entries
            for shown in entry.claims
            if shown.claim.subject == subject
        }
    costs = tuple((key, label) for key, label in _COSTS.items() if len(values[key]) > 1)
    results = tuple(
        (key, headline.label, headline.board.better or "higher", _FORMS.get(headline.board.kind, "~s"))
        for key, headline in boards
        if any(values[key].keys() & values[cost].keys() for cost, _ in costs)
    )
    if not costs or not results:
        return None
    first = _points(content, values[costs[0][0]], values[results[0][0]])
    front = _front(first, better=results[0][2])
    rows = [_row(entry, values, links) for entry in content.catalog.entries]
    data = {"costs": costs, "results": results, "models": [row for row in rows if row is not None]}
    return Plot(
        costs=costs,
        results=results,
        script=f"window.mirPlot = {json.dumps({'spec': vega.specification(), **data})};\n",
        drawn=vega.filled(
            _dots(first, front),
            x=escape.title(costs[0][1]),
            y=escape.title(results[0][1]),
            form=results[0][3],
        ),
        front=front,
    )


def _points(content: PageContent, costs: Mapping[str, Shown], results: Mapping[str, Shown]) -> list[Point]:
    return [
        Point(entry=entry, cost=costs[entry.slug], result=results[entry.slug])
        for entry in content.catalog.entries
        if entry.slug in costs and entry.slug in results
    ]


def _front(points: Sequence[Point], *, better: str) -> tuple[Point, ...]:
    """The models of which none costs less and is as good; a refuted claim is no achievement."""
    sign = 1 if better == "higher" else -1
    honest = [point for point in points if "refuted" not in (point.cost.status, point.result.status)]
    honest.sort(key=lambda point: (point.cost.claim.reported.value, -sign * point.result.claim.reported.value))
    front: list[Point] = []
    for point in honest:
        value = sign * point.result.claim.reported.value
        if not front or value > sign * front[-1].result.claim.reported.value:
            front.append(point)
    return tuple(front)


def _row(entry: CatalogEntry, values: Mapping[str, Mapping[str, Shown]], links: Links) -> dict[str, Any] | None:
    here = {key: each[entry.slug] for key, each in values.items() if entry.slug in each}
    if not here:
        return None
    return {
        "name": escape.plain(entry.name),
        "page": links.relative("index.md", entry.page),
        **{key: [float(shown.claim.reported.value), shown.status] for key, shown in here.items()},
    }


def _dots(points: Sequence[Point], front: Sequence[Point]) -> list[dict[str, Any]]:
    on_front = {id(point) for point in front}
    return [
        {
            "x": float(point.cost.claim.reported.value),
            "y": float(point.result.claim.reported.value),
            "status": status_of(point),
            "front": id(point) in on_front,
        }
        for point in points
        if point.cost.claim.reported.value > 0
    ]


def status_of(point: Point) -> str:
    """How a point is told apart: refuted if either number is, reproduced if the result is, self-reported else."""
    if "refuted" in (point.cost.status, point.result.status):
        return "refuted"
    return "reproduced" if point.result.status in ("reproduced", "within-tolerance") else "self-reported"
