"""Models as model-index, and as OpenMMLab's metafiles, which are written alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from registry.dialects.dialect import Content
from registry.dialects.writers.identifiers import identifier, metric_type, named, task_type
from registry.dialects.writers.notes import Notes, Spot, entry_text
from registry.types import DATASET_TEXTS, Collection, DatasetRef, Field, Metric, Model, Result
from registry.vocabulary.fields import Where, names

_RESERVED = ("Name", "Metadata", "Results", "Models", "Collections", "Import", "Type")


def write(content: Content, notes: Notes) -> dict[str, Any]:
    """An index with what the content holds; models are to have only what they say themselves."""
    data: dict[str, Any] = {}
    if content.library:
        data["Library"] = _fields(content.library, "library", "", "Library", notes)
    if content.collections:
        data["Collections"] = [_entry(collection, "collection", notes) for collection in content.collections]
    if content.models or not data:
        data["Models"] = [_entry(model, "model", notes) for model in content.models]
    return data


def _entry(entry: Model | Collection, where: Where, notes: Notes) -> dict[str, Any]:
    data: dict[str, Any] = {"Name": entry.name, **_fields(entry.fields, where, entry.name, "", notes)}
    if entry.metadata:
        data["Metadata"] = _fields(entry.metadata, "metadata", entry.name, "Metadata", notes)
    if entry.results:
        data["Results"] = [
            _result(result, Spot(entry.name, f"Results[{index}]", result), notes)
            for index, result in enumerate(entry.results)
            if result.downstream is None  # `Downstream` itself is among the fields
        ]
        if not data["Results"]:
            del data["Results"]
    return data


def _fields(fields: Mapping[str, Field], where: Where, model: str, path: str, notes: Notes) -> dict[str, Any]:
    key_names = names(where)
    data: dict[str, Any] = {}
    for field in fields.values():
        spot = Spot(model, path, field).at(field.name)
        name = key_names[field.name]
        if name in data or name in _RESERVED:
            notes.lose(spot, f"the key would be read as '{name}'")
        else:
            data[name] = notes.plain(field.value, field.text, spot)
    return data


def _result(result: Result, spot: Spot, notes: Notes) -> dict[str, Any]:
    name, kind = named(result.task, result.task_type, task_type)
    data: dict[str, Any] = {
        "Task": name if kind is None else {"Name": name, "Type": kind},
        "Dataset": _dataset(result.dataset, spot.at("dataset"), notes),
        "Metrics": _metrics(result.metrics, spot, notes),
    }
    source = {key: value for key, value in (("Name", result.source_name), ("URL", result.source_url)) if value}
    if source:
        data["Source"] = source
    for key, value in result.extra.items():
        if "." in key or names("result")[key] in data or key.lower() == "source":
            notes.lose(spot.at(key), "model-index has no place for it")
        else:
            data[key] = notes.plain(value, entry_text(result.extra, key), spot.at(key))
    return data


def _dataset(dataset: DatasetRef, spot: Spot, notes: Notes) -> Any:
    name, kind = named(dataset.name, dataset.type, identifier)
    args = notes.plain(dataset.args, "", spot.at("args"))
    entries = {key.capitalize(): getattr(dataset, key) for key in DATASET_TEXTS} | {"Type": kind, "Args": args}
    more = {key: value for key, value in entries.items() if value is not None}
    return {"Name": name, **more} if more else name


def _metrics(metrics: Sequence[Metric], spot: Spot, notes: Notes) -> Any:
    """A mapping of names and values where that says it all, else a list."""
    if any(metric.within for metric in metrics):
        return _nested(metrics, spot, notes)
    entries = [
        _metric(metric, Spot(spot.model, spot.what, metric).at("metrics", i), notes) for i, metric in enumerate(metrics)
    ]
    simple = {entry["Name"]: entry["Value"] for entry in entries if entry.keys() == {"Name", "Value"} and entry["Name"]}
    return simple if len(simple) == len(entries) else entries


def _nested(metrics: Sequence[Metric], spot: Spot, notes: Notes) -> dict[str, Any]:
    """Metrics in mappings of mappings, as they were read."""
    data: dict[str, Any] = {}
    for number, metric in enumerate(metrics):
        at = data
        for key in metric.within:
            at = at.setdefault(key, {})
        value = Spot(spot.model, spot.what, metric).at("metrics", number).at("value")
        at[metric.name] = notes.plain(metric.value, metric.text, value)
    return data


def _metric(metric: Metric, spot: Spot, notes: Notes) -> dict[str, Any]:
    name, kind = named(metric.name, metric.type, lambda name: metric_type(name, notes.vocabulary))
    more = {
        "Type": kind,
        "Args": notes.plain(metric.args, "", spot.at("args")),
        "Verified": metric.verified,
        "VerifyToken": metric.verify_token,
    }
    data = {"Name": name, "Value": notes.plain(metric.value, metric.text, spot.at("value"))}
    data |= {key: value for key, value in more.items() if value is not None}
    keys = {key.lower() for key in data} | {"type", "args", "verified", "verifytoken"}
    for key, value in metric.extra.items():
        if key.lower() in keys:
            notes.lose(spot.at(key), f"the key would be read as another's, '{key.lower()}'")
        else:
            data[key] = notes.plain(value, entry_text(metric.extra, key), spot.at(key))
    return data
