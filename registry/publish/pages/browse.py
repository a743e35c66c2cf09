"""Collections, datasets with their leaderboards, and papers: an index and a page for each."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from registry.evidence.status import Status
from registry.publish.board_charts import board_charts
from registry.publish.catalog import CatalogEntry
from registry.publish.content import Family, PageContent
from registry.publish.facts import facts
from registry.publish.html_table import (
    Cell,
    Column,
    HtmlTable,
    Part,
    Row,
    exact,
    fold_sparse,
    printed,
    text,
    texts,
    verdicts,
    without_constant,
    without_empty,
)
from registry.publish.leaderboards import Board, LeaderboardDataset, MeasuredOn
from registry.publish.links import Links
from registry.publish.measured_by import CARD_ONLY, measured_by
from registry.publish.model_columns import NONE_KNOWN, circumstances, costs, rows_of
from registry.publish.page import Page
from registry.publish.pages.models import model_table
from registry.publish.search_pages import spellings
from registry.publish.structured import of_dataset

_SPARSE = 0.05
"""Share of a leaderboard's rows under which a column is folded away: inputs and data make rows comparable."""

_PLACE_BOOST = 8.0
"""How far before models the search shows data sets and tasks: `imagenet` means the data set."""


def collections(content: PageContent) -> Iterator[Page]:
    """The collections."""
    columns = (
        Column(key="collection", label="Collection"),
        Column(key="models", label="Models", filter="range", number=True, first="down"),
        Column(key="verdict", label="Claims", filter="choice", first="down"),
    )
    rows = [
        Row(cells=(text(family.name, to=family.page), _count(family.entries), verdicts(_tally(family.entries))))
        for family in content.families
    ]
    table = HtmlTable(
        id="collections", caption="Collections", columns=columns, rows=rows, noun="collections", main=True
    )
    yield Page(
        path="collections/index.md",
        template="listing.md.j2",
        hide=("navigation", "toc"),
        title="Collections",
        description="Families of models that share a card.",
        search="",
        context={
            "table": table,
            "lead": "Families of models, whose cards they share.",
            "none": "No card has a collection.",
        },
    )
    for family in content.families:
        yield Page(
            path=family.page,
            template="collection.md.j2",
            hide=("navigation", "toc"),
            title=family.name,
            description=f"The models of the collection {family.name}.",
            search=f"Collection of {len(family.entries)} models",
            context={"family": family, **_of_family(content, family)},
        )


def datasets(content: PageContent, links: Links) -> Iterator[Page]:
    """The datasets and their leaderboards."""
    columns = (
        Column(key="dataset", label="Dataset"),
        Column(key="task", label="Task", filter="choice"),
        Column(key="models", label="Models", filter="range", number=True, first="down"),
        Column(key="metric", label="Metrics", filter="choice"),
    )
    rows = [
        Row(
            cells=(
                text(each.name, to=each.page),
                Cell(tuple(Part(task) for task in dict.fromkeys(board.task for board in each.boards) if task)),
                Cell((Part(str(each.models)),), sort=each.models),
                Cell(tuple(Part(metric) for metric in dict.fromkeys(board.metric for board in each.boards))),
            )
        )
        for each in content.datasets
    ]
    table = HtmlTable(id="datasets", caption="Datasets", columns=columns, rows=rows, noun="datasets", main=True)
    yield Page(
        path="datasets/index.md",
        template="listing.md.j2",
        hide=("navigation", "toc"),
        title="Datasets",
        description="Leaderboards by dataset, task and metric.",
        search="",
        context={"table": table, "lead": "Leaderboards by dataset.", "none": "No card reports a result on a dataset."},
    )
    for each in content.datasets:
        yield Page(
            path=each.page,
            template="dataset.md.j2",
            hide=("navigation", "toc"),
            title=each.name,
            description=f"What models report on {each.name}, and what of it was reproduced.",
            search="Data set with leaderboards: " + ", ".join(dict.fromkeys(board.metric for board in each.boards)),
            tags=spellings(each.name),
            boost=_PLACE_BOOST,
            context={
                "dataset": each,
                "boards": [
                    (
                        board,
                        board_table(content, each, board),
                        board_charts(content, each, board, partial(links.relative, each.page)),
                    )
                    for board in each.boards
                ],
                "task_pages": content.task_pages,
                "json_ld": of_dataset(content, links, each),
            },
        )


def tasks(content: PageContent) -> Iterator[Page]:
    """The tasks, each with its models and its leaderboards."""
    members = {
        task: [
            entry
            for entry in content.catalog.entries
            if task in content.measured_on.get(entry.slug, MeasuredOn()).tasks
        ]
        for task in content.of_task
    }
    columns = (
        Column(key="task", label="Task"),
        Column(key="models", label="Models", filter="range", number=True, first="down"),
        Column(key="dataset", label="Datasets", filter="choice"),
        Column(key="verdict", label="Claims", filter="choice", first="down"),
    )
    boards = {task: [board for each in content.datasets for board in _boards_of(each, task)] for task in members}
    rows = [
        Row(
            cells=(
                text(task, to=content.task_pages[task]),
                _count(tuple(entries)),
                texts(dict.fromkeys((dataset.name, dataset.page) for dataset, _ in boards[task])),
                verdicts(_tally(tuple(entries))),
            )
        )
        for task, entries in members.items()
    ]
    table = HtmlTable(id="tasks", caption="Tasks", columns=columns, rows=rows, noun="tasks", main=True)
    yield Page(
        path="tasks/index.md",
        template="listing.md.j2",
        hide=("navigation", "toc"),
        title="Tasks",
        description="Models and leaderboards by task.",
        search="",
        context={"table": table, "lead": "Models and leaderboards by task.", "none": "No card names a task."},
    )
    for task, entries in members.items():
        page = content.task_pages[task]
        name = page.removesuffix(".md").replace("tasks/", "task-")
        yield Page(
            path=page,
            template="task.md.j2",
            hide=("navigation", "toc"),
            title=task,
            description=f"The models for {task}, and the data sets that they are tested on.",
            search=f"Task. {len(entries)} models. " + ", ".join(headline.label for headline in content.of_task[task]),
            boost=_PLACE_BOOST,
            context={
                "task": task,
                "boards": [(dataset, board, board_anchor(dataset, board)) for dataset, board in boards[task]],
                "table": model_table(content, entries, id=name, caption=f"Models for {task}", task=task),
            },
        )


def papers(content: PageContent) -> Iterator[Page]:
    """The papers."""
    columns = (
        Column(key="paper", label="Paper"),
        Column(key="models", label="Models", filter="range", number=True, first="down"),
        Column(key="verdict", label="Claims", filter="choice", first="down"),
    )
    rows = [
        Row(cells=(text(paper.title, to=paper.page), _count(paper.entries), verdicts(_tally(paper.entries))))
        for paper in content.papers
    ]
    table = HtmlTable(id="papers", caption="Papers", columns=columns, rows=rows, noun="papers", main=True)
    yield Page(
        path="papers/index.md",
        template="listing.md.j2",
        hide=("navigation", "toc"),
        title="Papers",
        description="The papers that cards refer to, with their models.",
        search="",
        context={"table": table, "lead": "The papers that cards refer to.", "none": "No card names a paper."},
    )
    for paper in content.papers:
        yield Page(
            path=paper.page,
            template="paper.md.j2",
            hide=("navigation", "toc"),
            title=paper.title,
            description=f"The models of {paper.title}.",
            search=", ".join(entry.name for entry in paper.entries[:10]),
            context={
                "paper": paper,
                "table": model_table(content, paper.entries, id=f"paper-{paper.slug}", caption="Models"),
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
        *(each.column for each in before),
        *(each.column for each in after),
    )
    rows = []
    for place in board.places:
        claim, evidence = place.shown.claim, place.shown.evidence
        measured = evidence.measurement if evidence else None
        status = place.shown.status
        rows.append(
            Row(
                key=place.entry.slug,
                cells=(
                    Cell((Part(str(place.rank)),), sort=place.rank) if place.rank else Cell(),
                    text(place.entry.name, to=place.entry.page),
                    printed(claim.reported.text, claim.reported.value),
                    printed(exact(measured.value, claim), measured.value) if measured else Cell(),
                    Cell((Part("", status=status, value=status, spelt=True),), raw=status),
                    text(measured_by(place.shown)),
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


def _of_family(content: PageContent, family: Family) -> dict[str, object]:
    collection = family.collection
    papers = {paper.slug: paper for entry in family.entries for paper in content.papers_of.get(entry.slug, ())}
    return {
        "table": model_table(
            content, family.entries, id=f"collection-{family.slug}", caption="Models", collections=False
        ),
        "facts": facts(collection.metadata) + facts(collection.fields, frozenset({"Paper"})) if collection else (),
        "papers": tuple(papers.values()),
    }


def _boards_of(dataset: LeaderboardDataset, task: str) -> list[tuple[LeaderboardDataset, Board]]:
    return [(dataset, board) for board in dataset.boards if board.task == task]


def board_anchor(dataset: LeaderboardDataset, board: Board) -> str:
    """Address of a leaderboard from the site's root: its table on the page of its data set."""
    return f"{dataset.page}#{_board_id(dataset, board)}"


def _board_id(dataset: LeaderboardDataset, board: Board) -> str:
    at = next(at for at, each in enumerate(dataset.boards, 1) if each is board)
    return f"{dataset.slug}-{board.subject}-{at}"


def _count(entries: tuple[CatalogEntry, ...]) -> Cell:
    return Cell((Part(str(len(entries))),), sort=len(entries))


def _tally(entries: tuple[CatalogEntry, ...]) -> dict[Status, int]:
    total: dict[Status, int] = {}
    for entry in entries:
        for status, count in entry.tally().items():
            total[status] = total.get(status, 0) + count
    return total
