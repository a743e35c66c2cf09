"""The drawings of a leaderboard: progress over time, and results against what they cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter

from markupsafe import Markup

from registry.publish.chart import Axis, Dot, chart, decimal_year, front, month, short
from registry.publish.content import PageContent
from registry.publish.leaderboards import Board, LeaderboardDataset
from registry.publish.profile import Profile

_LEAST = 4
"""Results from which on there is something to see."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BoardChart:
    """A drawing, what it shows, whose results they are, and in words the results on its line."""

    title: str
    groups: frozenset[str]
    drawing: Markup
    best: tuple[tuple[str, str, str, str], ...]


def board_charts(
    content: PageContent, dataset: LeaderboardDataset, board: Board, to: Callable[[str], str]
) -> list[BoardChart]:
    """The drawings that a leaderboard has dates and costs for; none where it is not known which direction is good."""
    if board.better is None:
        return []
    y = Axis(title=board.metric, form=short("ratio" if board.kind == "ratio" else "number"))
    axes: tuple[tuple[str, Axis, Callable[[Profile], float | None]], ...] = (
        _time_axis([content.profiles[place.entry.slug] for place in board.places]),
        ("Accuracy against cost", Axis(title="MACs", form=short("count"), log=True), lambda one: one.macs),
    )
    charts = []
    for title, x, cost in axes:
        dots = [
            Dot(
                x=float(value),
                y=float(place.shown.claim.reported.value),
                name=place.entry.name,
                page=place.entry.page,
                verdict=place.shown.verdict,
                extra=bool(content.extra_data(place.entry.slug, dataset.name)),
            )
            for place in board.places
            if (value := cost(content.profiles[place.entry.slug])) is not None
        ]
        if len(dots) >= _LEAST and len({dot.x for dot in dots}) > 1:
            best = front(dots, board.better, extra=False)
            words = tuple((dot.name, dot.page, x.form(dot.x), y.form(dot.y)) for dot in best)
            groups = frozenset(dot.group for dot in dots)
            drawing = chart(dots, x, y, board.better, to)
            charts.append(BoardChart(title=title, groups=groups, drawing=drawing, best=words))
    return charts


def _time_axis(profiles: Sequence[Profile]) -> tuple[str, Axis, Callable[[Profile], float | None]]:
    """When models were published; when their cards were added, where too few say when they were published."""
    dated = sum(bool(one.date) for one in profiles) >= _LEAST
    date = attrgetter("date" if dated else "added")
    axis = Axis(title="Published" if dated else "Card added", form=month, years=True)
    return "Progress over time", axis, lambda one: decimal_year(date(one)) if date(one) else None
