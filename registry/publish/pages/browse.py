"""Collections, tasks and papers: an index and a page for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from registry.evidence.beside import ShownVerdict, tally
from registry.publish import made_of
from registry.publish.catalog import CatalogEntry
from registry.publish.content import Family, PageContent
from registry.publish.facts import Fact, facts
from registry.publish.html_table import Column, Row, text, texts, verdicts, whole
from registry.publish.leaderboards import Board, LeaderboardDataset
from registry.publish.links import Page, PagePlan
from registry.publish.model_table import model_table
from registry.publish.pages.boards import board_address
from registry.publish.pages.elsewhere import listing
from registry.publish.papers import Paper

_MODELS = Column(key="models", label="Models", filter="range", number=True, first="down")
_BOARDS = 12
"""Leaderboards that the page of a task names before its models; those beyond, such as MTEB's hundreds, are folded."""

_CLAIMS = Column(key="verdict", label="Claims", filter="choice", first="down")


def collections(content: PageContent) -> Iterator[Page | PagePlan]:
    """The collections."""
    yield _overview(
        "collections",
        "collection",
        ((family.name, family) for family in content.families),
        description="Families of models that share a card.",
        lead="Families of models, whose cards they share.",
        empty="No card has a collection.",
    )
    for family in content.families:
        about, papers = _facts_of(family), _papers_of(content, family)
        yield PagePlan(
            path=family.page,
            made_of=(
                (family.name, family.slug, about, [(paper.title, paper.page) for paper in papers]),
                made_of.of_table(content, family.entries),
            ),
            make=partial(_family_page, content, family, about, papers),
        )


def _family_page(content: PageContent, family: Family, about: tuple[Fact, ...], papers: tuple[Paper, ...]) -> Page:
    name = f"collection-{family.slug}"
    table = model_table(content, family.entries, id=name, caption="Models", collections=False)
    return Page(
        path=family.page,
        template="collection.md.j2",
        title=family.name,
        description=f"The models of the collection {family.name}.",
        search=f"Collection of {len(family.entries)} models",
        context={"family": family, "table": table, "facts": about, "papers": papers},
    )


def tasks(content: PageContent) -> Iterator[Page]:
    """The tasks, each with its models and its leaderboards."""
    members = {
        task: [entry for entry in content.catalog.entries if task in content.measured(entry).tasks]
        for task in content.of_task
    }
    columns = (
        Column(key="task", label="Task"),
        _MODELS,
        Column(key="dataset", label="Data sets", filter="choice"),
        _CLAIMS,
    )
    boards = {task: [board for dataset in content.datasets for board in _boards_of(dataset, task)] for task in members}
    rows = [
        Row(
            cells=(
                text(task, to=content.task_pages[task]),
                whole(len(entries)),
                texts(dict.fromkeys((dataset.name, dataset.page) for dataset, _ in boards[task])),
                verdicts(tally(place.shown for _, board in boards[task] for place in board.places)),
            )
        )
        for task, entries in members.items()
    ]
    yield listing(
        "tasks/index.md",
        "Tasks",
        columns,
        rows,
        noun="tasks",
        description="Models and leaderboards by task.",
        lead="Models and leaderboards by task.",
        empty="No card names a task.",
    )
    for task, entries in members.items():
        page = content.task_pages[task]
        name = page.removesuffix(".md").replace("tasks/", "task-")
        yield Page(
            path=page,
            template="task.md.j2",
            title=task,
            description=f"The models for {task}, and the data sets that they are tested on.",
            search=f"Task. {len(entries)} models. " + ", ".join(headline.label for headline in content.of_task[task]),
            context={
                "task": task,
                "shown": _BOARDS,
                "boards": [(dataset, board, board_address(dataset, board)) for dataset, board in boards[task]],
                "table": model_table(content, entries, id=name, caption=f"Models for {task}", task=task),
            },
        )


def papers(content: PageContent) -> Iterator[Page | PagePlan]:
    """The papers."""
    yield _overview(
        "papers",
        "paper",
        ((paper.title, paper) for paper in content.papers),
        description="The papers that cards refer to, with their models.",
        lead="The papers that cards refer to.",
        empty="No card names a paper.",
    )
    for paper in content.papers:
        yield PagePlan(
            path=paper.page,
            made_of=((paper.title, paper.slug, paper.url), made_of.of_table(content, paper.entries)),
            make=partial(_paper_page, content, paper),
        )


def _paper_page(content: PageContent, paper: Paper) -> Page:
    return Page(
        path=paper.page,
        template="paper.md.j2",
        title=paper.title,
        description=f"The models of {paper.title}.",
        search=", ".join(entry.name for entry in paper.entries[:10]),
        context={
            "paper": paper,
            "table": model_table(content, paper.entries, id=f"paper-{paper.slug}", caption="Models"),
        },
    )


def _facts_of(family: Family) -> tuple[Fact, ...]:
    collection = family.collection
    return facts(collection.metadata) + facts(collection.fields, frozenset({"Paper"})) if collection else ()


def _papers_of(content: PageContent, family: Family) -> tuple[Paper, ...]:
    papers = {paper.slug: paper for entry in family.entries for paper in content.papers_of.get(entry.slug, ())}
    return tuple(papers.values())


def _boards_of(dataset: LeaderboardDataset, task: str) -> list[tuple[LeaderboardDataset, Board]]:
    return [(dataset, board) for board in dataset.boards if board.task == task]


def _overview(folder: str, one: str, groups: Iterable[tuple[str, Family | Paper]], **words: Any) -> Page:
    """The page of a folder: its groups of models, and how many of their claims stand how."""
    return listing(
        f"{folder}/index.md",
        folder.capitalize(),
        (Column(key=one, label=one.capitalize()), _MODELS, _CLAIMS),
        [
            Row(cells=(text(name, to=group.page), whole(len(group.entries)), verdicts(_tally(group.entries))))
            for name, group in groups
        ],
        noun=folder,
        **words,
    )


def _tally(entries: Iterable[CatalogEntry]) -> Mapping[ShownVerdict, int]:
    return tally(outcome for entry in entries for outcome in entry.claims)
