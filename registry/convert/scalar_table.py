"""Everything that models say as one table: a row for a scalar."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from registry.csv_file import inert
from registry.dialects.writers import Notes, Spot
from registry.download.hub_address import as_hub_address
from registry.types import DATASET_TEXTS, Card, Field, Metric, Model, Result

COLUMNS = (
    "model",
    "collection",
    "section",
    "name",
    "value",
    "task",
    "task_type",
    "dataset",
    *(f"dataset_{key}" for key in DATASET_TEXTS),
    "metric_type",
    "source_name",
    "source_url",
    "file",
)
NO_COLUMN = "the table has no column for it"

Row = dict[str, str]


def table(cards: Sequence[Card], notes: Notes) -> str:
    """CSV, RFC 4180. A cell that a spreadsheet would run as a formula gets an apostrophe in front."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for card in cards:
        for model in card.models:
            base = {"model": model.name, "collection": model.collection or "", "file": as_hub_address(model.file)}
            rows: Iterable[tuple[Row, Spot]] = list(_rows(model, notes)) or [({}, Spot(model.name, "", model))]
            for row, spot in rows:
                writer.writerow({key: _inert(value, key, spot, notes) for key, value in (base | row).items()})
    return out.getvalue()


def _rows(model: Model, notes: Notes) -> Iterator[tuple[Row, Spot]]:
    for section, path, fields in (("field", "", model.fields), ("metadata", "Metadata", model.metadata)):
        for field in fields.values():
            spot = Spot(model.name, path, field).at(field.name)
            for name, text in _leaves(field, spot, notes):
                yield {"section": section, "name": name, "value": text}, spot
    for index, result in enumerate(model.results):
        yield from _of_result(result, Spot(model.name, f"Results[{index}]", result), notes)


def _leaves(field: Field, spot: Spot, notes: Notes) -> Iterator[tuple[str, str]]:
    """The scalars of a field: a list's one after the other, a mapping's under dotted names."""

    def walk(name: str, value: Any, at: Spot) -> Iterator[tuple[str, str]]:
        if isinstance(value, Mapping | list):
            if not value:
                notes.lose(at, "a table has no empty lists and mappings")
            if isinstance(value, Mapping):
                for key, item in value.items():
                    yield from walk(f"{name}.{key}", item, at.at(key))
                return
            for index, item in enumerate(value):
                yield from walk(name, item, at.at(index))
        else:
            yield name, scalar(value)

    yield from walk(field.name, notes.plain(field.value, field.text, spot), spot)


def scalar(value: Any) -> str:
    """A scalar as a cell; nothing is an empty one, truth is written as YAML and JSON do."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _of_result(result: Result, spot: Spot, notes: Notes) -> Iterator[tuple[Row, Spot]]:
    dataset = result.dataset
    shared = {
        "section": "result",
        "task": result.task,
        "task_type": result.task_type or "",
        "dataset": dataset.name,
        **{f"dataset_{key}": getattr(dataset, key) or "" for key in DATASET_TEXTS},
        "source_name": result.source_name or "",
        "source_url": result.source_url or "",
    }
    if dataset.args is not None:
        notes.lose(spot.at("dataset", "args"), NO_COLUMN)
    for key in result.extra:
        notes.lose(spot.at(key), NO_COLUMN)
    if not result.metrics:
        yield shared, spot
    for index, metric in enumerate(result.metrics):
        yield from _of_metric(metric, Spot(spot.model, spot.what, metric).at("metrics", index), shared, notes)


def _of_metric(metric: Metric, spot: Spot, shared: Row, notes: Notes) -> Iterator[tuple[Row, Spot]]:
    lost = {"args": metric.args, "verified": metric.verified, "verify_token": metric.verify_token, **metric.extra}
    if isinstance(metric.value, Mapping | list):
        lost["value"] = metric.value
    for key, value in lost.items():
        if value is not None:
            notes.lose(spot.at(key), NO_COLUMN)
    text = "" if "value" in lost else scalar(notes.plain(metric.value, metric.text, spot))
    name = ".".join((*metric.within, metric.name))
    yield shared | {"name": name, "metric_type": metric.type or "", "value": text}, spot


def _inert(text: str, column: str, spot: Spot, notes: Notes) -> str:
    safe = inert(text)
    if safe != text:
        notes.change(spot, f"a spreadsheet would run its {column} as a formula; it has an apostrophe in front")
    return safe
