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
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePath

from registry.checks.context import Context
from registry.checks.document_texts import Document
from registry.checks.edits import replace_value, without_quotes
from registry.checks.hub_documents import page_of
from registry.checks.leaves import Leaf
from registry.checks.message_text import short
from registry.checks.rule import Problem, rule
from registry.checks.rules.hub_repository import is_repository
from registry.dialects.benchmark import tasks_of
from registry.types import Index, MapNode, Quantity, QuantityError, SeqNode
from registry.vocabulary.hub_identifiers import hub_ids


@rule("MIR711", "hub-eval-result", "error", "document", fixable=True)
def check(document: Document, context: Context) -> Iterator[Problem]:
    root = document.raw.root
    if document.dialect != "eval-results" or not isinstance(root, SeqNode):
        return
    file = PurePath(document.raw.source.file)
    if file.parent.name == ".eval_results" and file.suffix != ".yaml":
        where = document.raw.source.location(document.raw.start, None)
        yield Problem(f"the Hub reads .eval_results/*.yaml, and not {file.name}", where, severity="warning")
    for index, entry in enumerate(root):
        if isinstance(entry, MapNode):
            yield from _entry(entry, f"[{index}]", context.index)


def _entry(entry: MapNode, path: str, index: Index) -> Iterator[Problem]:
    dataset = entry.get("dataset")
    if isinstance(dataset, MapNode):
        yield from _dataset(dataset, f"{path}.dataset", index)
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


def _dataset(dataset: MapNode, path: str, index: Index) -> Iterator[Problem]:
    name, task = dataset.get("id"), dataset.get("task_id")
    if not isinstance(name, str) or not name.strip():
        return
    if "/" not in name or not is_repository(name):
        message = f"{path}.id {short(name)} is no benchmark of the Hub"
        hint = "Benchmarks are written owner/name."
        page = page_of(name, datasets=True)
        fix = replace_value(Leaf(dataset, "id", name, path), page, f"Write '{page}'") if page and "/" in page else None
        yield Problem(message, dataset.location("id", f"{path}.id"), hint=hint, fix=fix)
        return
    tasks = _tasks(name, index)
    if tasks and isinstance(task, str) and task not in tasks:
        message = f"{short(task)} is no task of {name}"
        hint = f"Its eval.yaml has {', '.join(list(tasks)[:20])}."
        yield Problem(message, dataset.location("task_id", f"{path}.task_id"), hint=hint)


def _tasks(name: str, index: Index) -> Mapping[str, MapNode]:
    """The tasks of a benchmark whose repository is checked too: its folder has the repository's name."""
    for card in index.cards:
        if card.dialect == "benchmark" and Path(card.file).absolute().parent.name == name.rpartition("/")[2]:
            return {key: task for raw in card.documents for key, task in tasks_of(raw.root).items()}  # type: ignore[arg-type]
    return {}


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
