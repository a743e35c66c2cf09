"""The plot of the home page: accuracy against cost, as a Vega-Lite specification, and as a drawing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from registry.evidence.beside import Shown, ShownVerdict, worded
from registry.publish import escape, vega
from registry.publish.catalog import CatalogEntry
from registry.publish.chart import Dot, front
from registry.publish.content import PageContent
from registry.publish.headlines import Headline, headlines
from registry.publish.links import Links
from registry.publish.model_columns import about
from registry.publish.profile import UNIT
from registry.publish.speeds import on_machines
from registry.types import Kind

_COSTS = {"parameters": "Parameters", "macs": "MACs", "file-size": "File size (bytes)"}
"""Costs in one unit each: operations are those that were counted, and not what cards print."""

_RESULTS = 16
"""Leaderboards that can be on the y axis."""

_MACHINES = 3
"""Machines whose throughput can be on the x axis: those that most models were timed on."""

_FORMS = {"ratio": "~%"}
"""How an axis prints numbers of a kind, in d3's words; `~s`, with an SI prefix, for all others."""


class Coordinate(NamedTuple):
    """A number of a model: its value, where it stands, and whether it rests on data beyond the tested set."""

    value: float
    verdict: ShownVerdict
    extra: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Plot:
    """The plot.

    Attributes:
        costs: What can be on the x axis: key and label.
        results: What can be on the y axis: key, label, which direction is good, and how its numbers are printed.
        first_kind: What the first result counts.
        script: The file that brings the specification and the models.
        drawn: The specification of a drawing of the first pair of axes, for readers without scripts.
        front: The models without extra training data that no other such model beats on both axes, cheapest first.
    """

    costs: tuple[tuple[str, str], ...]
    results: tuple[tuple[str, str, str, str], ...]
    script: str
    drawn: str
    front: tuple[Dot, ...]
    first_kind: Kind = "number"

    @property
    def drawing_path(self) -> str:
        """Where the drawing is, from the site's root: a name that says what is drawn."""
        return f"assets/plot/{hashlib.sha256(self.drawn.encode()).hexdigest()[:12]}.svg"


def plot(content: PageContent, links: Links) -> Plot | None:
    """The plot of a registry; `None` where no two models have both a cost and a result."""
    boards = [(f"y{at}", headline) for at, headline in enumerate(_boards(content)) if headline.board.better]
    values: dict[str, Mapping[str, Coordinate]] = {key: _results(content, headline) for key, headline in boards}
    values |= {subject: _costs(content, subject) for subject in _COSTS}
    times = {f"time{at}": timing for at, timing in enumerate(_times(content))}
    values |= {key: coordinates for key, (_, coordinates) in times.items()}
    labels = _COSTS | {key: label for key, (label, _) in times.items()}
    costs = tuple((key, label) for key, label in labels.items() if len(values[key]) > 1)
    results = tuple(
        (key, headline.label, headline.board.better or "higher", _FORMS.get(headline.board.kind, "~s"))
        for key, headline in boards
        if any(values[key].keys() & values[cost].keys() for cost, _ in costs)
    )
    if not costs or not results:
        return None
    first = list(_dots(content, values[costs[0][0]], values[results[0][0]]))
    best = front(first, results[0][2], extra=False)
    rows = [_row(entry, values, links) for entry in content.catalog.entries]
    data = {"costs": costs, "results": results, "models": [row for row in rows if row is not None]}
    return Plot(
        costs=costs,
        results=results,
        script=f"window.mirPlot = {json.dumps({'spec': vega.specification(), **data})};\n",
        drawn=vega.filled(
            [
                {"x": dot.x, "y": dot.y, "verdict": worded(dot.verdict), "front": dot in best}
                for dot in first
                if dot.x > 0  # an axis of costs is logarithmic
            ],
            x=escape.title(costs[0][1]),
            y=escape.title(results[0][1]),
            form=results[0][3],
        ),
        front=tuple(best),
        first_kind=next(headline.board.kind for key, headline in boards if key == results[0][0]),
    )


def _boards(content: PageContent) -> tuple[Headline, ...]:
    """The leaderboards to choose from: those of a list of all models, then the others that hold enough of them."""
    return headlines(content.datasets, len(content.catalog.entries), most=_RESULTS)


def _results(content: PageContent, headline: Headline) -> dict[str, Coordinate]:
    name = headline.dataset.name
    return {
        slug: _coordinate(outcome, extra=bool(content.extra_data(slug, name))) for slug, outcome in headline.of.items()
    }


def _costs(content: PageContent, subject: str) -> dict[str, Coordinate]:
    if subject == UNIT.lower():
        counted = {slug: profile.macs for slug, profile in content.profiles.items()}
        return {slug: Coordinate(float(macs), "reproduced") for slug, macs in counted.items() if macs is not None}
    outcomes = {entry.slug: about(entry, subject) for entry in content.catalog.entries}
    return {slug: _coordinate(outcome) for slug, outcome in outcomes.items() if outcome is not None}


def _times(content: PageContent) -> list[tuple[str, dict[str, Coordinate]]]:
    """The time of one picture on the commonest machines, each in one precision: one over the highest throughput."""
    timed = (
        (machine, outcomes)
        for machine, outcomes in on_machines(content.catalog.entries, content.profiles)
        if machine.subject == "throughput" and machine.hardware
    )
    return [
        (
            ", ".join(filter(None, ("Seconds a picture", machine.hardware, machine.mode))),
            {slug: _seconds(outcome) for slug, outcome in outcomes.items() if outcome.claim.reported.value > 0},
        )
        for machine, outcomes in islice(timed, _MACHINES)
    ]


def _seconds(outcome: Shown) -> Coordinate:
    return Coordinate(float(f"{1 / outcome.claim.reported.value:.4g}"), outcome.verdict)


def _coordinate(outcome: Shown, *, extra: bool = False) -> Coordinate:
    return Coordinate(float(outcome.claim.reported.value), outcome.verdict, extra)


def _dots(content: PageContent, costs: Mapping[str, Coordinate], results: Mapping[str, Coordinate]) -> Iterator[Dot]:
    """The models that have both numbers; refuted if either is, else as the result stands."""
    for entry in content.catalog.entries:
        if entry.slug in costs and entry.slug in results:
            cost, result = costs[entry.slug], results[entry.slug]
            verdict = "refuted" if cost.verdict == "refuted" else result.verdict
            yield Dot(cost.value, result.value, entry.name, entry.page, verdict, result.extra)


def _row(entry: CatalogEntry, values: Mapping[str, Mapping[str, Coordinate]], links: Links) -> dict[str, Any] | None:
    here = {key: coordinates[entry.slug] for key, coordinates in values.items() if entry.slug in coordinates}
    if not here:
        return None
    return {
        "name": escape.plain(entry.name),
        "page": links.relative("index.md", entry.page),
        **{key: [coordinate.value, coordinate.verdict, int(coordinate.extra)] for key, coordinate in here.items()},
    }
