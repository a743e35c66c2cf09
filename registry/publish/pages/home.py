"""The first page: what is in the registry, how much of it holds, and accuracy against cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from registry.evidence.beside import SHOWN_VERDICTS, ShownVerdict
from registry.publish import badge_files, vega
from registry.publish.content import PageContent
from registry.publish.html_table import (
    Cell,
    Column,
    HtmlTable,
    Row,
    fold_sparse,
    number,
    printed,
    spelt,
    text,
    whole,
    without_empty,
)
from registry.publish.leaderboards import Board, LeaderboardRow
from registry.publish.links import Page
from registry.publish.model_columns import claimed
from registry.publish.plot import Plot
from registry.publish.ways import PRINTED, convention_of, convention_page, ways
from registry.publish.wrong import DISAGREES, OWN, REFUTED, Mistake, mistakes

SCRIPT = "assets/plot/models.js"
"""Where what the plot shows is, from the site's root."""

_LEADERS = 8
"""Datasets of which the home page shows the leader."""

_WRONG, _NEAR = 6, 2
"""Mistakes that it shows, and how many of them may be near to what was measured."""

_FAR = 0.01
"""From which part of what was measured on a mistake is no near one."""

_LATEST = 8
"""Measurements that it shows."""

_TASKS = 4
"""Tasks that its first sentence names."""

_SOME = 24
"""Models that it names where no leaderboard does."""

_ONLY_SAID: frozenset[ShownVerdict] = frozenset({"self-reported", "imported"})
"""What no measuring stands behind."""


def pages(content: PageContent, plot: Plot | None) -> Iterator[Page]:
    """The home page."""
    tally = content.catalog.tally()
    problems = mistakes(content)
    wrong = _wrong(problems)
    tasks = _tasks(content)
    yield Page(
        path="index.md",
        template="home.md.j2",
        title="Home",
        description="Models, what their cards claim, and which of it was reproduced.",
        search="",
        context={
            "content": content,
            "wrong": wrong,
            "foreign": all(mistake.zoo != OWN for mistake in wrong),
            "wrong_all": len(problems),
            "wrong_own": sum(mistake.zoo == OWN for mistake in problems),
            "errors": sum(mistake.zoo == OWN and mistake.severity == "error" for mistake in problems),
            "finds": any(ways(entry) for entry in content.catalog.entries),
            "name": content.name,
            "tasks": tasks[:_TASKS],
            "tasks_more": len(tasks[_TASKS:]),
            "measured": any(verdict not in _ONLY_SAID for verdict in tally),
            "counts_flops": any(
                outcome.claim.subject == "flops" for one in content.catalog.entries for outcome in one.claims
            ),
            "some": content.catalog.entries[:_SOME],
            "resnet50": [(count, convention_of(count.convention)) for count in PRINTED],
            "convention_page": convention_page,
            "studies": content.studies,
            "entries": len(content.catalog.entries),
            "claims": sum(tally.values()),
            "tally": [(verdict, tally[verdict]) for verdict in SHOWN_VERDICTS if verdict in tally],
            "plot": plot,
            "script": SCRIPT,
            "vega": vega.script_path(),
            "front": _front(plot) if plot else None,
            "leaders": _leaders(content),
            "latest": _latest(content),
        },
    )


def _tasks(content: PageContent) -> list[tuple[str, str]]:
    """The tasks of the models, those of most models first, with their pages."""
    models = Counter(task for coverage in content.measured_on.values() for task in coverage.tasks)
    return [(task, content.task_pages[task]) for task, _ in models.most_common()]


def _wrong(mistakes: Sequence[Mistake]) -> list[Mistake]:
    """A few mistakes of different kinds: those that measuring showed to be far off first, those near the truth last."""
    candidates = [mistake for mistake in mistakes if mistake.claim and mistake.kind != DISAGREES]
    kinds: dict[str, Mistake] = {}
    for mistake in sorted(candidates, key=lambda mistake: (mistake.order, not mistake.measured[:1].isdigit())):
        kinds.setdefault(mistake.kind, mistake)
    refuted = sorted((mistake for mistake in candidates if mistake.kind == REFUTED), key=lambda mistake: -mistake.off)
    far = [mistake for mistake in refuted if mistake.off >= _FAR]
    last = refuted[len(far) :][:_NEAR]
    others = [mistake for kind, mistake in kinds.items() if kind != REFUTED]
    return [*[*far, *others][: _WRONG - len(last)], *last]


def _front(plot: Plot) -> HtmlTable:
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
                text(dot.name, to=dot.page),
                number(dot.x, "bytes" if cost == "file-size" else "count"),
                number(dot.y, plot.first_kind),
            )
        )
        for dot in plot.front
    ]
    return HtmlTable(
        id="front", caption="Models that no other beats on both", columns=columns, rows=rows, noun="models"
    )


def _leaders(content: PageContent) -> HtmlTable:
    """The first of the fullest leaderboard of each dataset, with the data that it was trained on and whatever it is."""
    columns: tuple[Column, ...] = (
        Column(key="dataset", label="Data set"),
        Column(key="model", label="First without extra data"),
        Column(key="result", label="Reported", number=True, always=True),
        Column(key="extra_model", label="First with extra data"),
        Column(key="extra_result", label="Reported", number=True),
        Column(key="metric", label="Metric"),
        Column(key="models", label="Models", number=True),
    )
    rows = []
    for dataset in content.datasets:
        board = dataset.boards[0]
        own, extra = (_first(content, dataset.name, board, extra=extra) for extra in (False, True))
        if own or extra:
            rows.append(
                Row(
                    cells=(
                        text(dataset.name, to=dataset.page),
                        *_leader(own),
                        *_leader(extra),
                        text(", ".join(filter(None, (board.metric, board.variant)))),
                        whole(dataset.models),
                    )
                )
            )
    columns, rows = without_empty(columns, rows[:_LEADERS])
    columns = fold_sparse(columns, rows)
    if sum(column.key in ("model", "extra_model") for column in columns) == 1:  # there is nothing to tell apart
        names = {"model": "First", "extra_model": "First", "extra_result": "Reported"}
        columns = tuple(replace(column, label=names.get(column.key, column.label)) for column in columns)
    return HtmlTable(id="leaders", caption="Leaders", columns=columns, rows=rows, noun="data sets")


def _first(content: PageContent, dataset: str, board: Board, *, extra: bool) -> LeaderboardRow | None:
    ranked = (place for place in board.places if place.rank is not None)
    return next((place for place in ranked if bool(content.extra_data(place.entry.slug, dataset)) is extra), None)


def _leader(place: LeaderboardRow | None) -> tuple[Cell, Cell]:
    return (Cell(), Cell()) if place is None else (text(place.entry.name, to=place.entry.page), claimed(place.shown))


def _latest(content: PageContent) -> HtmlTable:
    """The latest claims that something was measured for."""
    columns = (
        Column(key="model", label="Model"),
        Column(key="claim", label="Claim"),
        Column(key="reported", label="Reported", number=True),
        Column(key="measured", label="Measured", number=True),
        Column(key="verdict", label="Verdict"),
        Column(key="time", label="Date"),
    )
    measured = (
        (entry, outcome, outcome.evidence, outcome.measurement)
        for entry, outcome in badge_files.newest(content)
        if outcome.evidence and outcome.measurement
    )
    rows = [
        Row(
            cells=(
                text(entry.name, to=f"{entry.page}#{outcome.anchor}"),
                text(outcome.claim.label),
                printed(outcome.claim.reported.text, outcome.claim.reported.value),
                printed(outcome.measured, measurement.value),
                spelt(outcome.verdict),
                text(evidence.time.partition("T")[0]),
            )
        )
        for entry, outcome, evidence, measurement in islice(measured, _LATEST)
    ]
    return HtmlTable(id="latest", caption="Latest measurements", columns=columns, rows=rows, noun="claims")
