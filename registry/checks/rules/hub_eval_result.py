"""A result in `.eval_results` that the Hub does not take.

What:
    In a file of `.eval_results` a data set is no repository of the Hub (`owner/name`), a task is none of the
    benchmark's where its `eval.yaml` is checked with it, a value is a text, a date is not ISO 8601, or the file is not
    called `*.yaml`.

Why:
    The Hub leaves such a file out of the model's page and of the leaderboard.

Bad:
    # file: .eval_results/gpqa.yaml
    - dataset: {id: GPQA, task_id: diamond}
      value: 41.2
      date: "15/01/2025"

Good:
    # file: .eval_results/gpqa.yaml
    - dataset: {id: Idavidrein/gpqa, task_id: diamond}
      value: 41.2
      date: "2025-01-15"
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import NamedTuple

from registry.checks.card_view import CardView
from registry.checks.document_texts import Document, Leaf
from registry.checks.fixes import replace_value, without_quotes
from registry.checks.hub_documents import page_of
from registry.checks.message_text import short
from registry.checks.rule import Context, Problem, rule
from registry.checks.rules.hub_repository import is_repository
from registry.checks.whole import Whole
from registry.dialects.benchmark import tasks_of
from registry.types import Location, MapNode, Quantity, QuantityError, SeqNode, mappings
from registry.vocabulary.hub_identifiers import hub_ids


class _Asked(NamedTuple):
    """A task of a benchmark that results name, and where."""

    benchmark: str
    task: str
    place: Location


def asked_of(view: CardView) -> list[_Asked]:
    """The tasks that a file of results names."""
    entries = []
    for document in view.documents if view.card.dialect == "eval-results" else ():
        for entry, path in mappings(document.raw.root):
            dataset = entry.get("dataset")
            if not isinstance(dataset, MapNode):
                continue
            name, task = dataset.get("id"), dataset.get("task_id")
            if isinstance(name, str) and "/" in name and is_repository(name) and isinstance(task, str):
                place = dataset.location("task_id", f"{path}.dataset.task_id")
                entries.append(_Asked(name, task, place))
    return entries


def tasks_of_card(view: CardView) -> tuple[str, ...]:
    """The tasks that a benchmark's own card has."""
    if view.card.dialect != "benchmark":
        return ()
    return tuple({key: None for raw in view.card.documents for key in tasks_of(raw.root)})  # type: ignore[arg-type]


def _across(whole: Whole, context: Context) -> Iterator[Problem]:
    benchmarks: dict[str, tuple[str, ...]] = {}
    for card, tasks in whole.facts(tasks_of_card):
        # A benchmark whose repository is checked too: its folder has the repository's name.
        benchmarks.setdefault(Path(card.file).absolute().parent.name, tasks)
    for _, entries in whole.facts(asked_of) if benchmarks else ():
        for benchmark, task, place in entries:
            tasks = benchmarks.get(benchmark.rpartition("/")[2], ())
            if tasks and task not in tasks:
                hint = f"Its eval.yaml has {', '.join(tasks[:20])}."
                yield Problem(f"{short(task)} is no task of {benchmark}", place, hint=hint)


@rule(
    "MIR711",
    "hub-eval-result",
    "error",
    "document",
    fixable=True,
    facts=(asked_of, tasks_of_card),
    across=_across,
)
def check(document: Document, context: Context) -> Iterator[Problem]:
    root = document.raw.root
    if document.dialect != "eval-results" or not isinstance(root, SeqNode):
        return
    file = PurePath(document.raw.source.file)
    if file.parent.name == ".eval_results" and file.suffix != ".yaml":
        where = document.raw.source.location(document.raw.start, None)
        yield Problem(f"the Hub reads .eval_results/*.yaml, and not {file.name}", where, severity="warning")
    for entry, path in mappings(root):
        yield from _entry(entry, path)


def _entry(entry: MapNode, path: str) -> Iterator[Problem]:
    dataset = entry.get("dataset")
    if isinstance(dataset, MapNode):
        yield from _dataset(dataset, f"{path}.dataset")
    if isinstance(entry.get("value"), str) and entry["value"].strip():
        yield _value(Leaf(entry, "value", entry["value"], path))
    date = entry.get("date")
    if isinstance(date, str) and date.strip() and not _is_date(date):
        message = f"{path}.date {short(date)} is no date of ISO 8601"
        yield Problem(message, entry.location("date", f"{path}.date"), hint="Write it as 2025-01-15.")
    framework = entry.get("evaluation_framework")
    if isinstance(framework, str) and framework not in hub_ids("frameworks"):
        message = f"{short(framework)} is none of the frameworks that the Hub knows"
        yield Problem(message, entry.location("evaluation_framework", path), severity="info")


def _dataset(dataset: MapNode, path: str) -> Iterator[Problem]:
    name = dataset.get("id")
    if not isinstance(name, str) or not name.strip():
        return
    if "/" not in name or not is_repository(name):
        message = f"{path}.id {short(name)} is no benchmark of the Hub"
        hint = "Benchmarks are written owner/name."
        page = page_of(name, datasets=True)
        fix = replace_value(Leaf(dataset, "id", name, path), page) if page and "/" in page else None
        yield Problem(message, dataset.location("id", f"{path}.id"), hint=hint, fix=fix)


def _value(leaf: Leaf) -> Problem:
    try:
        Quantity.parse(leaf.value)
    except QuantityError:
        message = f"{leaf.path} {short(leaf.value)} is a text, and no number"
        return Problem(message, leaf.location, severity="warning")
    message = f"{leaf.path} {short(leaf.value)} is a text; leaderboards sort numbers"
    return Problem(message, leaf.location, hint="Write a number.", fix=without_quotes(leaf), severity="warning")


def _is_date(text: str) -> bool:
    try:
        datetime.datetime.fromisoformat(text)
    except ValueError:
        return False
    return len(text) >= len("2025-01-15") and text[4] == "-"
