"""A model as the front matter of a card on the Hugging Face Hub."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from registry.dialects.writers.identifiers import identifier, metric_type, named, nested_type, task_type, whole_name
from registry.dialects.writers.notes import Notes, Spot, entry_text
from registry.lazy_regex import lazy_regex
from registry.types import DATASET_TEXTS, Metric, Model, Result
from registry.vocabulary.fields import names
from registry.vocabulary.hub_identifiers import hub_identifiers
from registry.vocabulary.metrics import fold

NO_PLACE = "a Hugging Face card has no place for it"
NO_VALUE = "it has no value"
_PERCENTAGE = lazy_regex(r"\s*([+-]?(?:\d+(?:\.\d+)?|\.\d+))\s*%\s*", re.ASCII)


def write(model: Model, notes: Notes) -> dict[str, Any]:
    """The front matter of one model, all that it inherits included."""
    data = _front(model, notes)
    for field in model.metadata.values():
        notes.lose(Spot(model.name, "Metadata", field).at(field.name), NO_PLACE)
    results = [
        _result(result, Spot(model.name, f"Results[{index}]", result), model, notes)
        for index, result in enumerate(model.results)
    ]
    data["model-index"] = [{"name": model.name, "results": [result for result in results if result is not None]}]
    return data


def _front(model: Model, notes: Notes) -> dict[str, Any]:
    """Keys beside the results: those that any front matter has; model-index's own have no place there."""
    foreign = model.dialect != "huggingface"
    documented = set(names("model").documented)
    data: dict[str, Any] = {}
    for field in model.fields.values():
        spot = Spot(model.name, "", field).at(field.name)
        key = "license" if foreign and field.name == "License" else field.name
        if (foreign and key in documented) or key == "model-index" or key in data:
            notes.lose(spot, NO_PLACE)
            continue
        data[key] = notes.plain(field.value, field.text, spot)
        if key == "license" and foreign and isinstance(field.value, str):
            identifier = hub_identifiers("licenses").get(fold(field.value), field.value)
            if identifier != field.value:
                notes.change(spot, f"'{field.value[:60]}' is '{identifier}' on the Hub")
                data[key] = identifier
    return data


def _result(result: Result, spot: Spot, model: Model, notes: Notes) -> dict[str, Any] | None:
    metrics = with_values(result, spot, notes)
    if not metrics:
        return None
    dataset = result.dataset
    name = _required(dataset.name or dataset.type, spot.at("dataset"), notes)
    kind = dataset.type or identifier(name)
    if not dataset.type and kind != name:
        notes.change(spot.at("dataset", "type"), f"the Hub wants an identifier; made of the name: '{kind}'")
    data: dict[str, Any] = {
        "task": _task(result, spot, notes),
        "dataset": {
            "name": name,
            **{key: getattr(dataset, key) for key in DATASET_TEXTS},
            "type": kind,
            "args": notes.plain(dataset.args, "", spot.at("dataset", "args")),
        },
        "metrics": [
            _metric(metric, Spot(spot.model, spot.what, metric).at("metrics", index), model, notes)
            for index, metric in metrics
        ],
    }
    data["dataset"] = _without_none(data["dataset"])
    if result.source_url:
        data["source"] = _without_none({"name": result.source_name, "url": result.source_url})
    elif result.source_name:
        notes.lose(spot.at("source"), "a Hugging Face card names a source only beside its URL")
    add_extra(result, data, spot, notes, () if model.dialect != "huggingface" else None, NO_PLACE)
    return data


def add_extra(
    result: Result, data: dict[str, Any], spot: Spot, notes: Notes, keys: Container[str] | None, no_place: str
) -> None:
    """Add what a result says beyond what all formats have: under these keys, under any where they are `None`."""
    for key, value in result.extra.items():
        above, _, below = key.partition(".")
        target = data.get(above) if below else data
        has_place = keys is None or key in keys
        if has_place and isinstance(target, dict) and (below or key) not in target:
            target[below or key] = notes.plain(value, entry_text(result.extra, key), spot.at(key))
        else:
            notes.lose(spot.at(key), no_place)


def _task(result: Result, spot: Spot, notes: Notes) -> dict[str, Any]:
    name, kind = named(result.task, result.task_type, task_type)
    name = _required(name, spot.at("task"), notes)
    kind = kind or task_type(name)
    if not result.task_type and kind != name:
        notes.change(spot.at("task", "type"), f"the Hub wants an identifier; made of the name: '{kind}'")
    return {"type": kind} if kind == name == task_type(name) else {"type": kind, "name": name}


def _required(name: str | None, spot: Spot, notes: Notes) -> str:
    if name:
        return name
    notes.change(spot, "it is missing, and the Hub requires one: written as 'unknown'")
    return "unknown"


def _metric(metric: Metric, spot: Spot, model: Model, notes: Notes) -> dict[str, Any]:
    if metric.within:
        notes.change(spot.at("name"), f"the Hub has no metrics in a mapping; its name is '{whole_name(metric)}'")
        nested = metric.type or nested_type(metric, notes.vocabulary)
        metric = replace(metric, name=whole_name(metric), type=nested, within=())
    name, kind = named(metric.name, metric.type, lambda name: metric_type(name, notes.vocabulary))
    name = _required(name, spot.at("name"), notes)
    kind = kind or metric_type(name, notes.vocabulary)
    if not metric.type and kind != name:
        notes.change(spot.at("type"), f"the Hub wants an identifier; made of the name: '{kind}'")
    data: dict[str, Any] = {"type": kind, "value": number(metric, spot.at("value"), notes)}
    if not kind == name == metric_type(name, notes.vocabulary):
        data["name"] = name
    more = {
        "args": notes.plain(metric.args, "", spot.at("args")),
        "verified": metric.verified,
        "verifyToken": metric.verify_token,
    }
    data |= _without_none(more)
    for key, value in metric.extra.items():
        if key in data or (key != "config" and model.dialect != "huggingface"):
            notes.lose(spot.at(key), NO_PLACE)
        else:
            data[key] = notes.plain(value, entry_text(metric.extra, key), spot.at(key))
    return data


def with_values(result: Result, spot: Spot, notes: Notes) -> list[tuple[int, Metric]]:
    """The metrics that report something, with their places; the Hub's formats hold no other."""
    metrics = [(index, metric) for index, metric in enumerate(result.metrics) if metric.value is not None]
    if not metrics:
        notes.lose(spot, NO_VALUE)
        return []
    for index, metric in enumerate(result.metrics):
        if metric.value is None:
            notes.lose(Spot(spot.model, spot.what, metric).at("metrics", index), NO_VALUE)
    return metrics


def number(metric: Metric, spot: Spot, notes: Notes) -> Any:
    """A metric's value, as a number where it is printed as a percentage: the Hub's leaderboards sort numbers.

    Percentage points above one, and a fraction below, because that is how such a number is read back.
    """
    match = _PERCENTAGE.fullmatch(metric.value) if isinstance(metric.value, str) else None
    if match is None:
        return notes.plain(metric.value, metric.text, spot)
    text = percentage_points(match[1])
    notes.change(spot, f"'{metric.value.strip()}' is written as the number {text}")
    return notes.number(text)


def percentage_points(text: str) -> str:
    """A percentage without its sign, or as a fraction where nobody could tell it from one.

    >>> percentage_points("56.55"), percentage_points("0.95"), percentage_points("1.0")
    ('56.55', '0.0095', '0.010')
    """
    value = Decimal(text)
    return f"{value if abs(value) > 1 else value.scaleb(-2):f}"


def _without_none(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value is not None}
