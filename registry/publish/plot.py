"""The plot of the home page: accuracy against cost, as a Vega-Lite specification, and as a drawing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from registry.evidence.standing import Shown
from registry.publish import escape
from registry.publish.catalog import Entry
from registry.publish.content import Content
from registry.publish.links import Links

_COSTS = {"parameters": "Parameters", "flops": "FLOPs", "file-size": "File size (bytes)"}
_WIDTH, _HEIGHT = 720, 400


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """A model on the plot's first pair of axes."""

    entry: Entry
    cost: Shown
    result: Shown


@dataclass(frozen=True, kw_only=True, slots=True)
class Plot:
    """The plot.

    Attributes:
        costs: What can be on the x axis: key and label.
        results: What can be on the y axis: key, label, and which direction is good.
        script: The file that brings the specification and the models.
        drawn: The specification of a drawing of the first pair of axes, for readers without scripts.
        front: The models that no other beats on both axes, cheapest first.
    """

    costs: tuple[tuple[str, str], ...]
    results: tuple[tuple[str, str, str], ...]
    script: str
    drawn: str
    front: tuple[Point, ...]

    @property
    def drawing_path(self) -> str:
        """Where the drawing is, from the site's root: a name that says what is drawn."""
        return f"assets/plot/{hashlib.sha256(self.drawn.encode()).hexdigest()[:12]}.svg"

    def drawing(self) -> str:
        """The drawing as SVG, which takes a second or two to make."""
        import vl_convert

        svg: str = vl_convert.vegalite_to_svg(self.drawn, show_warnings=False)
        return svg


def plot(content: Content, links: Links) -> Plot | None:
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
        (key, headline.label, headline.board.better or "higher")
        for key, headline in boards
        if any(values[key].keys() & values[cost].keys() for cost, _ in costs)
    )
    if not costs or not results:
        return None
    first = _points(content, values[costs[0][0]], values[results[0][0]])
    front = _front(first, better=results[0][2])
    rows = [_row(entry, values, links) for entry in content.catalog.entries]
    specification = _specification()
    data = {"costs": costs, "results": results, "models": [row for row in rows if row is not None]}
    return Plot(
        costs=costs,
        results=results,
        script=f"window.mirPlot = {json.dumps({'spec': specification, **data})};\n",
        drawn=_drawn(specification, first, front, (costs[0][1], results[0][1])),
        front=front,
    )


def _points(content: Content, costs: Mapping[str, Shown], results: Mapping[str, Shown]) -> list[Point]:
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


def _row(entry: Entry, values: Mapping[str, Mapping[str, Shown]], links: Links) -> dict[str, Any] | None:
    here = {key: each[entry.slug] for key, each in values.items() if entry.slug in each}
    if not here:
        return None
    return {
        "name": escape.plain(entry.name),
        "page": links.relative("index.md", entry.page),
        **{key: [float(shown.claim.reported.value), shown.status] for key, shown in here.items()},
    }


def _specification() -> dict[str, Any]:
    """A scatter plot with the front as a line; the script puts in the models, the scales and the titles."""
    import altair as alt

    x = alt.X(
        "x:Q",
        scale=alt.Scale(type="log", nice=False, padding=12),
        axis=alt.Axis(format="~s", grid=False, labelFlush=True),
    )
    y = alt.Y("y:Q", scale=alt.Scale(zero=False, nice=False, padding=12), axis=alt.Axis(format="~%"))
    statuses = ["reproduced", "self-reported", "refuted"]
    colours = alt.Scale(domain=statuses, range=["#1a8f46", "#4a78c2", "#c8322b"])
    shapes = alt.Scale(domain=statuses, range=["circle", "diamond", "cross"])
    points = (
        alt.Chart(alt.NamedData("models"))
        .mark_point(filled=True, size=60, opacity=0.85, cursor="pointer")
        .encode(
            x=x,
            y=y,
            color=alt.Color("status:N", scale=colours, title=None),
            shape=alt.Shape("status:N", scale=shapes, title=None),
            tooltip=[alt.Tooltip("name:N", title="model"), "cost:N", "result:N", "status:N"],
        )
    )
    front = (
        alt.Chart(alt.NamedData("models"))
        .transform_filter("datum.front")
        .mark_line(interpolate="step-after", strokeWidth=1.5, opacity=0.7, color="#8a6d1f")
        .encode(x=x, y=y)
    )
    chart = alt.layer(front, points).properties(width=_WIDTH, height=_HEIGHT)
    specification: dict[str, Any] = chart.configure_view(stroke=None).configure_legend(orient="top").to_dict()
    return specification


def _drawn(
    specification: Mapping[str, Any], points: Sequence[Point], front: Sequence[Point], titles: tuple[str, str]
) -> str:
    on_front = {id(point) for point in front}
    drawn = json.loads(json.dumps(specification))
    drawn["datasets"] = {
        "models": [
            {
                "x": float(point.cost.claim.reported.value),
                "y": float(point.result.claim.reported.value),
                "status": status_of(point),
                "front": id(point) in on_front,
            }
            for point in points
            if point.cost.claim.reported.value > 0
        ]
    }
    for layer in drawn["layer"]:
        layer["mark"]["aria"] = False
        layer["encoding"].pop("tooltip", None)
        for axis, words in zip("xy", titles, strict=True):
            layer["encoding"][axis]["title"] = escape.title(words)
    drawn["config"] = {**drawn["config"], "background": None, "font": "sans-serif"}
    return json.dumps(drawn)


def status_of(point: Point) -> str:
    """How a point is told apart: refuted if either number is, reproduced if the result is, self-reported else."""
    if "refuted" in (point.cost.status, point.result.status):
        return "refuted"
    return "reproduced" if point.result.status in ("reproduced", "within-tolerance") else "self-reported"


def vega_path() -> str:
    """Where Vega is, from the site's root: a name that says which one."""
    return f"assets/mir/vega-{version('vl-convert-python')}.js"


def vega() -> str:
    """Vega, Vega-Lite and vega-embed as one script, which defines `vegaEmbed`; it takes a second or two to make."""
    import vl_convert

    bundle: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return bundle
