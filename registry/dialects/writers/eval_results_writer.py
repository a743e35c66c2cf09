"""A model's results as a file of `.eval_results`: one value for a task of a data set."""

from __future__ import annotations

from typing import Any

from registry.dialects.writers.huggingface_writer import add_extra, number, with_values
from registry.dialects.writers.identifiers import is_benchmark, whole_name
from registry.dialects.writers.notes import Notes, Spot
from registry.types import Metric, Model, Result

NO_PLACE = "a file of .eval_results has no place for it"
_EXTRA = ("date", "notes", "source.user", "source.org")


def write(model: Model, notes: Notes) -> list[dict[str, Any]]:
    """The results of one model; its name is that of the folder the file is written to.

    Nothing is made up: a result whose benchmark or task is not known by its identifier is left out.
    """
    for path, fields in (("", model.fields), ("Metadata", model.metadata)):
        for field in fields.values():
            notes.lose(Spot(model.name, path, field).at(field.name), NO_PLACE)
    entries: dict[tuple[str, str], dict[str, Any]] = {}
    for index, result in enumerate(model.results):
        spot = Spot(model.name, f"Results[{index}]", result)
        metrics = with_values(result, spot, notes)
        dataset = _dataset(result, model, spot, notes) if metrics else None
        if dataset is None:
            continue
        key = dataset["id"], dataset["task_id"]
        if key in entries:
            notes.lose(spot, f"there is a value for the task {key[1]} of {key[0]} already")
        else:
            entries[key] = _entry(result, dataset, metrics, spot, model, notes)
    return list(entries.values())


def _entry(
    result: Result, dataset: dict[str, Any], metrics: list[tuple[int, Metric]], spot: Spot, model: Model, notes: Notes
) -> dict[str, Any]:
    (position, first), *others = metrics
    for index, metric in others:
        where = Spot(spot.model, spot.what, metric).at("metrics", index)
        notes.lose(where, f"an entry has one value for a task of a data set, here {whole_name(first) or first.type}")
    value = Spot(spot.model, spot.what, first).at("metrics", position)
    data: dict[str, Any] = {"dataset": dataset, "value": number(first, value.at("value"), notes)}
    _metric(first, value, notes)
    if first.verify_token:
        data["verifyToken"] = first.verify_token
    _more(result, data, spot, model, notes)
    return data


def _dataset(result: Result, model: Model, spot: Spot, notes: Notes) -> dict[str, Any] | None:
    dataset = result.dataset
    is_native = model.dialect == "eval-results"
    name = next((text for text in (dataset.type, dataset.name) if text and (is_native or is_benchmark(text))), None)
    if name is None:
        label = dataset.type or dataset.name
        about = f"the card says '{label}'" if label else "the card says none"
        notes.lose(spot, f"a benchmark is known by its repository on the Hub, owner/name, and {about}")
        return None
    task = (result.task or result.task_type) if is_native else dataset.config
    if not task:
        notes.lose(spot, f"which task of {name} it is, as its eval.yaml names them, is not said")
        return None
    if not is_native:
        notes.change(spot.at("dataset", "config"), f"the configuration '{task}' is taken for the benchmark's task")
        tasks = [task for task in (result.task, result.task_type) if task]
        for key in ("task", "task_type")[: len(tasks)]:
            notes.lose(spot.at(key), f"an entry names the benchmark's task, here {task}")
    for key in ("name", "type"):
        if getattr(dataset, key) not in (None, "", name):
            notes.lose(spot.at("dataset", key), f"an entry has one identifier, here {name}")
    for key in ("split", "args", "subset"):
        if getattr(dataset, key) is not None:
            notes.lose(spot.at("dataset", key), NO_PLACE)
    return {"id": name, "task_id": task} | ({"revision": dataset.revision} if dataset.revision else {})


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
    add_extra(result, data, spot, notes, None if model.dialect == "eval-results" else _EXTRA, NO_PLACE)
