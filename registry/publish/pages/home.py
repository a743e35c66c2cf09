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
    found = mistakes(content)
    wrong = _wrong(found)
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
            "foreign": all(each.zoo != OWN for each in wrong),
            "wrong_all": len(found),
            "wrong_own": sum(each.zoo == OWN for each in found),
            "errors": sum(each.zoo == OWN and each.severity == "error" for each in found),
            "finds": any(ways(entry) for entry in content.catalog.entries),
            "name": content.name,
            "tasks": tasks[:_TASKS],
            "tasks_more": len(tasks[_TASKS:]),
            "measured": any(verdict not in _ONLY_SAID for verdict in tally),
            "counts_flops": any(
                each.claim.subject == "flops" for one in content.catalog.entries for each in one.claims
            ),
            "some": content.catalog.entries[:_SOME],
            "resnet50": [(each, convention_of(each.convention)) for each in PRINTED],
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
    models = Counter(task for each in content.measured_on.values() for task in each.tasks)
    return [(task, content.task_pages[task]) for task, _ in models.most_common()]


def _wrong(every: Sequence[Mistake]) -> list[Mistake]:
    """A few mistakes of different kinds: those that measuring showed to be far off first, those near the truth last."""
    found = [each for each in every if each.claim and each.kind != DISAGREES]
    kinds: dict[str, Mistake] = {}
    for each in sorted(found, key=lambda each: (each.order, not each.measured[:1].isdigit())):
        kinds.setdefault(each.kind, each)
    refuted = sorted((each for each in found if each.kind == REFUTED), key=lambda each: -each.off)
    far = [each for each in refuted if each.off >= _FAR]
    last = refuted[len(far) :][:_NEAR]
    others = [each for kind, each in kinds.items() if kind != REFUTED]
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
        own, extra = (_first(content, dataset.name, board, extra=each) for each in (False, True))
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
        (entry, shown, shown.evidence, shown.measurement)
        for entry, shown in badge_files.newest(content)
        if shown.evidence and shown.measurement
    )
    rows = [
        Row(
            cells=(
                text(entry.name, to=f"{entry.page}#{shown.anchor}"),
                text(shown.claim.label),
                printed(shown.claim.reported.text, shown.claim.reported.value),
                printed(shown.measured, measurement.value),
                spelt(shown.verdict),
                text(evidence.time.partition("T")[0]),
            )
        )
        for entry, shown, evidence, measurement in islice(measured, _LATEST)
    ]
    return HtmlTable(id="latest", caption="Latest measurements", columns=columns, rows=rows, noun="claims")
