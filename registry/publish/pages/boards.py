"""Data sets with their leaderboards: an index, and a page for each."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from registry.publish.board_charts import board_charts
from registry.publish.claims import CARD_ONLY, measured_by
from registry.publish.content import PageContent
from registry.publish.html_table import (
    Cell,
    Column,
    HtmlTable,
    Part,
    Row,
    fold_sparse,
    printed,
    spelt,
    text,
    whole,
    without_constant,
    without_empty,
)
from registry.publish.leaderboards import Board, LeaderboardDataset
from registry.publish.links import Links, Page
from registry.publish.model_columns import NONE_KNOWN, circumstances, costs, named, rows_of
from registry.publish.pages.elsewhere import listing
from registry.publish.structured import of_dataset

_SPARSE = 0.05
"""Share of a leaderboard's rows under which a column is folded away: inputs and data make rows comparable."""


def datasets(content: PageContent, links: Links) -> Iterator[Page]:
    """The datasets and their leaderboards."""
    columns = (
        Column(key="dataset", label="Data set"),
        Column(key="task", label="Task", filter="choice"),
        Column(key="models", label="Models", filter="range", number=True, first="down"),
        Column(key="metric", label="Metrics", filter="choice"),
    )
    rows = [
        Row(
            cells=(
                text(dataset.name, to=dataset.page),
                Cell(tuple(Part(task) for task in dict.fromkeys(board.task for board in dataset.boards) if task)),
                whole(dataset.models),
                Cell(tuple(Part(metric) for metric in dict.fromkeys(board.metric for board in dataset.boards))),
            )
        )
        for dataset in content.datasets
    ]
    yield listing(
        "datasets/index.md",
        "Data sets",
        columns,
        rows,
        noun="data sets",
        description="Leaderboards by data set, task and metric.",
        lead="Leaderboards by data set.",
        empty="No card reports a result on a data set.",
    )
    for dataset in content.datasets:
        yield Page(
            path=dataset.page,
            template="dataset.md.j2",
            title=dataset.name,
            description=f"What models report on {dataset.name}, and what of it was reproduced.",
            search="Data set with leaderboards: " + ", ".join(dict.fromkeys(board.metric for board in dataset.boards)),
            context={
                "dataset": dataset,
                "extra": dataset.name in content.trained_on,
                "boards": [
                    (
                        board,
                        board_table(content, dataset, board),
                        board_charts(content, dataset, board, partial(links.relative, dataset.page)),
                    )
                    for board in dataset.boards
                ],
                "task_pages": content.task_pages,
                "json_ld": of_dataset(content, links, dataset),
            },
        )


def board_table(content: PageContent, dataset: LeaderboardDataset, board: Board) -> HtmlTable:
    """A leaderboard as a table."""
    entries = [place.entry for place in board.places]
    before, after = costs(), circumstances(content, entries, dataset=dataset.name)
    columns: tuple[Column, ...] = (
        Column(key="rank", label="Rank", number=True, always=True),
        Column(key="model", label="Model", always=True),
        Column(
            key="reported",
            label=board.metric,
            number=True,
            filter="range",
            first="up" if board.better == "lower" else "down",
            always=True,
        ),
        Column(key="measured", label="Measured", number=True),
        Column(key="verdict", label="Verdict", filter="choice", always=True),
        Column(key="by", label="Measured by", filter="choice"),
        *(filler.column for filler in before),
        *(filler.column for filler in after),
    )
    rows = []
    for place in board.places:
        outcome, claim = place.shown, place.shown.claim
        rows.append(
            Row(
                key=place.entry.slug,
                cells=(
                    whole(place.rank) if place.rank else Cell(),
                    named(place.entry),
                    printed(claim.reported.text, claim.reported.value),
                    printed(outcome.measured, outcome.measurement.value) if outcome.measurement else Cell(),
                    spelt(outcome.verdict),
                    text(measured_by(outcome)),
                    *rows_of(before, content, place.entry),
                    *rows_of(after, content, place.entry),
                ),
            )
        )
    words = f"{dataset.title(board)} on {dataset.name}"
    columns, rows = without_empty(*without_constant(columns, rows, {"by": CARD_ONLY, "data": NONE_KNOWN}))
    return HtmlTable(
        id=_board_id(dataset, board),
        caption=words,
        columns=fold_sparse(columns, rows, _SPARSE),
        rows=rows,
        noun="models",
        chosen=True,
        named_by="model",
    )


def board_address(dataset: LeaderboardDataset, board: Board) -> str:
    """Address of a leaderboard from the site's root: its table on the page of its data set."""
    return f"{dataset.page}#{_board_id(dataset, board)}"


def _board_id(dataset: LeaderboardDataset, board: Board) -> str:
    at = next(at for at, other in enumerate(dataset.boards, 1) if other is board)
    return f"{dataset.slug}-{board.subject}-{at}"
