"""A model's results as a file of `.eval_results`: one value for a task of a data set."""

from __future__ import annotations

from typing import Any

from registry.dialects.writers.huggingface import number, with_values
from registry.dialects.writers.notes import Notes, Spot
from registry.dialects.writers.printed import entry_text
from registry.types import Metric, Model, Result

NO_PLACE = "a file of .eval_results has no place for it"
_ENTRY = ("date", "notes")
_SOURCE = ("source.user", "source.org")


def write(model: Model, notes: Notes) -> list[dict[str, Any]]:
    """The results of one model; its name is that of the folder the file is written to."""
    for path, fields in (("", model.fields), ("Metadata", model.metadata)):
        for field in fields.values():
            notes.lose(Spot(model.name, path, field).at(field.name), NO_PLACE)
    entries = (
        _entry(each, Spot(model.name, f"Results[{index}]", each), model, notes)
        for index, each in enumerate(model.results)
    )
    return [entry for entry in entries if entry is not None]


def _entry(result: Result, spot: Spot, model: Model, notes: Notes) -> dict[str, Any] | None:
    metrics = with_values(result, spot, notes)
    if not metrics:
        return None
    (position, first), *others = metrics
    for index, metric in others:
        where = Spot(spot.model, spot.what, metric).at("metrics", index)
        notes.lose(where, f"an entry has one value for a task of a data set, here {first.name or first.type}")
    value = Spot(spot.model, spot.what, first).at("metrics", position)
    data: dict[str, Any] = {
        "dataset": _dataset(result, spot, notes),
        "value": number(first, value.at("value"), notes),
    }
    _metric(first, value, notes)
    if first.verify_token:
        data["verifyToken"] = first.verify_token
    _more(result, data, spot, model, notes)
    return data


def _dataset(result: Result, spot: Spot, notes: Notes) -> dict[str, Any]:
    dataset = result.dataset
    at = spot.at("dataset")
    name = dataset.type or dataset.name
    if not name:
        notes.change(at, "it is missing, and the Hub requires one: written as 'unknown'")
    elif dataset.name and dataset.name != name:
        notes.lose(at.at("name"), f"an entry has one identifier, here {name}")
    for key in ("config", "split", "args", "subset"):
        if getattr(dataset, key) is not None:
            notes.lose(at.at(key), NO_PLACE)
    task = result.task or result.task_type
    if not task:
        notes.change(spot.at("task"), "it is missing, and the Hub requires one: written as 'default'")
    elif result.task and result.task_type:
        notes.lose(spot.at("task_type"), f"an entry names its task once, here {task}")
    data = {"id": name or "unknown", "task_id": task or "default"}
    return data | ({"revision": dataset.revision} if dataset.revision else {})


def _metric(metric: Metric, spot: Spot, notes: Notes) -> None:
    """What is lost of the one metric besides its value."""
    if (metric.name or metric.type) not in (None, "", "value"):
        notes.lose(spot.at("name"), NO_PLACE)
    kind = metric.type if metric.name and metric.type != metric.name else None
    for key, value in (("type", kind), ("args", metric.args), ("verified", metric.verified)):
        if value is not None:
            notes.lose(spot.at(key), NO_PLACE)
    for key in metric.extra:
        notes.lose(spot.at(key), NO_PLACE)


def _more(result: Result, data: dict[str, Any], spot: Spot, model: Model, notes: Notes) -> None:
    if result.source_url:
        data["source"] = {"url": result.source_url} | ({"name": result.source_name} if result.source_name else {})
    elif result.source_name:
        notes.lose(spot.at("source"), "an entry names a source only beside its URL")
    mine = model.dialect == "eval-results"
    for key, value in result.extra.items():
        above, _, below = key.partition(".")
        target = data.get(above) if below else data
        kept = mine or key in _ENTRY or key in _SOURCE
        if kept and isinstance(target, dict) and (below or key) not in target:
            target[below or key] = notes.plain(value, entry_text(result.extra, key), spot.at(key))
        else:
            notes.lose(spot.at(key), NO_PLACE)
