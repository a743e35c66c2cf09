"""A table of models, on the list of all and on the pages of collections, tasks and papers."""

from __future__ import annotations

from collections.abc import Sequence

from registry import numbers
from registry.publish.catalog import CatalogEntry
from registry.publish.content import PageContent
from registry.publish.escape import plain
from registry.publish.headlines import Headline
from registry.publish.html_table import (
    NO_TASK,
    Cell,
    Column,
    HtmlTable,
    Row,
    fold_sparse,
    text,
    texts,
    unfold,
    verdicts,
    without_empty,
)
from registry.publish.leaderboards import MeasuredOn
from registry.publish.model_columns import circumstances, claimed, costs, named, rows_of, worded

_TELLING = ("task", "licence", "library", "date", "dataset")
_ENOUGH = 6
"""Columns that a list of models has; where cards report few numbers, others than those of numbers are shown."""


def model_table(
    content: PageContent,
    entries: Sequence[CatalogEntry],
    *,
    id: str,  # noqa: A002
    caption: str,
    collections: bool = True,
    task: str | None = None,
) -> HtmlTable:
    """A table of models: their size, their results by task, how much of it holds, and what they are.

    Each task has columns of its own, which are shown with it. What none of the models has gets no column, and what few
    of them have is folded away.

    Args:
        content: What the pages show.
        entries: The models.
        id: The table's anchor.
        caption: What it holds.
        collections: Whether their collections have a column.
        task: The task that is chosen before a reader chooses one; the one that they all have where it is `None`.
    """
    on = {entry.slug: content.measured(entry) for entry in entries}
    tasks = {name for coverage in on.values() for name in coverage.tasks}
    majority = sum(bool(coverage.tasks) for coverage in on.values()) * 2 > len(entries)
    chosen = task or (next(iter(tasks)) if len(tasks) == 1 and majority else "")
    boards = [(name, headline) for name in content.of_task if name in tasks for headline in content.of_task[name]]
    few = 4 * sum(bool(entry.claims) for entry in entries) < len(entries)
    before, after = costs(), circumstances(content, entries)
    columns = (
        Column(key="model", label="Model", always=True),
        *(filler.column for filler in before),
        Column(
            key="result",
            label="First result",
            task=NO_TASK,
            unsearched=True,
            about="Of the leaderboard that most models are on",
        ),
        *(_result_column(name, headline) for name, headline in boards),
        Column(key="verdict", label="Claims", filter="choice", first="down", always=not few),
        Column(key="task", label="Task", filter="choice", folded=len(tasks) == 1),
        *(filler.column for filler in after),
        Column(key="dataset", label="Data set", filter="choice", folded=True),
        Column(key="collection", label="Collection", filter="choice"),
    )

    def row(entry: CatalogEntry) -> Row:
        family = content.family(entry) if collections else None
        measured = on[entry.slug]
        return Row(
            key=entry.slug,
            cells=(
                named(entry),
                *rows_of(before, content, entry),
                first_result(entry, content, measured),
                *(claimed(headline.of.get(entry.slug)) for _, headline in boards),
                verdicts(entry.tally()),
                texts((name, content.task_pages[name]) for name in measured.tasks),
                *rows_of(after, content, entry),
                texts((dataset.name, dataset.page) for dataset in measured.datasets),
                text(family.name, to=family.page) if family else Cell(),
            ),
        )

    columns, rows = without_empty(columns, [row(entry) for entry in entries])
    return HtmlTable(
        id=id,
        caption=caption,
        columns=unfold(fold_sparse(columns, rows), rows, _TELLING[len(tasks) == 1 :], _ENOUGH, chosen),
        rows=rows,
        noun="models",
        main=True,
        chosen=True,
        task=chosen,
    )


def _result_column(task: str, headline: Headline) -> Column:
    board = headline.board
    return Column(
        key=headline.key,
        label=headline.label,
        filter="range",
        number=True,
        first="up" if board.better == "lower" else "down",
        task=task,
    )


def first_result(entry: CatalogEntry, content: PageContent, measured: MeasuredOn) -> Cell:
    """A model's result on the fullest leaderboard that it is on, else its first, in words, for a list of all tasks."""
    for task in measured.tasks:
        for headline in content.of_task.get(task, ()):
            outcome = headline.of.get(entry.slug)
            if outcome is not None:
                words = f"{numbers.short(outcome.claim.reported.value, outcome.claim.kind)} {headline.on}"
                return worded(words, outcome)
    for outcome in entry.claims:  # on none that many are on
        if outcome.claim.dataset is not None:
            value = numbers.short(outcome.claim.reported.value, outcome.claim.kind)
            words = " on ".join(filter(None, (f"{value} {outcome.claim.label}", plain(outcome.claim.dataset.name))))
            return worded(words, outcome)
    return Cell()
