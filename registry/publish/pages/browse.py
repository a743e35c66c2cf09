"""Collections, datasets with their leaderboards, and papers: an index and a page for each."""

from __future__ import annotations

from collections.abc import Iterator

from registry.evidence.status import Status
from registry.publish.catalog import CatalogEntry
from registry.publish.content import Family, PageContent
from registry.publish.facts import facts
from registry.publish.leaderboards import Board, LeaderboardDataset
from registry.publish.links import Links
from registry.publish.page import Page
from registry.publish.pages.models import model_table
from registry.publish.structured import of_dataset
from registry.publish.table import (
    Cell,
    Column,
    HtmlTable,
    Part,
    Row,
    exact,
    number,
    printed,
    text,
    verdicts,
    without_empty,
)


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
        Column(key="dataset", label="LeaderboardDataset"),
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
            hide=("navigation",),
            title=each.name,
            description=f"What models report on {each.name}, and what of it was reproduced.",
            search="Leaderboard: " + ", ".join(dict.fromkeys(board.metric for board in each.boards)),
            context={
                "dataset": each,
                "boards": [(board, board_table(each, board, at)) for at, board in enumerate(each.boards, 1)],
                "json_ld": of_dataset(content, links, each),
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


def board_table(dataset: LeaderboardDataset, board: Board, at: int) -> HtmlTable:
    """A leaderboard as a table."""
    columns: tuple[Column, ...] = (
        Column(key="rank", label="Rank", number=True),
        Column(key="model", label="Model"),
        Column(
            key="reported",
            label=board.metric,
            number=True,
            filter="range",
            first="up" if board.better == "lower" else "down",
        ),
        Column(key="measured", label="Measured", number=True),
        Column(key="verdict", label="Verdict", filter="choice"),
        Column(key="parameters", label="Parameters", number=True, filter="range"),
    )
    rows = []
    for place in board.places:
        claim, evidence = place.shown.claim, place.shown.evidence
        measured = evidence.measurement if evidence else None
        status = place.shown.status
        size = next((each.claim.reported for each in place.entry.claims if each.claim.subject == "parameters"), None)
        rows.append(
            Row(
                key=place.entry.slug,
                cells=(
                    Cell((Part(str(place.rank)),), sort=place.rank) if place.rank else Cell(),
                    text(place.entry.name, to=place.entry.page),
                    printed(claim.reported.text, claim.reported.value),
                    printed(exact(measured.value, claim), measured.value) if measured else Cell(),
                    Cell((Part("", status=status, value=status, spelt=True),), raw=status),
                    number(size.value if size else None, "count"),
                ),
            )
        )
    name = f"{dataset.slug}-{board.subject}-{at}"
    words = f"{dataset.title(board)} on {dataset.name}"
    columns, rows = without_empty(columns, rows)
    return HtmlTable(id=name, caption=words, columns=columns, rows=rows, noun="models", chosen=True, named_by="model")


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


def _count(entries: tuple[CatalogEntry, ...]) -> Cell:
    return Cell((Part(str(len(entries))),), sort=len(entries))


def _tally(entries: tuple[CatalogEntry, ...]) -> dict[Status, int]:
    total: dict[Status, int] = {}
    for entry in entries:
        for status, count in entry.tally().items():
            total[status] = total.get(status, 0) + count
    return total
