"""Everything that was read, as plain data under one set of names, whatever dialect it was written in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from registry.dialects.writers import Notes, Spot
from registry.download.hub_address import as_hub_address
from registry.types import DATASET_TEXTS, Card, Collection, Field, Metric, Model, Result


def cards(entries: Sequence[Card], notes: Notes) -> dict[str, Any]:
    """All cards. Models have what they inherit, so that none needs its collection to be understood."""
    return {"cards": [_card(card, notes) for card in entries]}


def _card(card: Card, notes: Notes) -> dict[str, Any]:
    return {
        "file": as_hub_address(card.file),
        "dialect": card.dialect,
        "library": fields(card.library, "", "library", notes),
        "collections": [_entry(collection, notes) for collection in card.collections],
        "models": [_entry(model, notes) for model in card.models],
        "body": card.body,
    }


def _entry(entry: Model | Collection, notes: Notes) -> dict[str, Any]:
    return {
        "name": entry.name,
        "fields": fields(entry.fields, entry.name, "", notes),
        "metadata": fields(entry.metadata, entry.name, "Metadata", notes),
        "results": [
            _result(result, Spot(entry.name, f"Results[{index}]", result), notes)
            for index, result in enumerate(entry.results)
        ],
    }


def fields(entries: Mapping[str, Field], model: str, path: str, notes: Notes) -> dict[str, Any]:
    """Fields by their canonical names."""
    return {
        name: notes.plain(field.value, field.text, Spot(model, path, field).at(field.name))
        for name, field in entries.items()
    }


def _result(result: Result, spot: Spot, notes: Notes) -> dict[str, Any]:
    dataset = result.dataset
    return {
        "task": result.task,
        "task_type": result.task_type,
        "dataset": {
            **{key: getattr(dataset, key) for key in ("name", *DATASET_TEXTS)},
            "args": notes.plain(dataset.args, "", spot.at("dataset", "args")),
        },
        "metrics": [
            _metric(metric, Spot(spot.model, spot.what, metric).at("metrics", index), notes)
            for index, metric in enumerate(result.metrics)
        ],
        "source": {"name": result.source_name, "url": result.source_url},
        "downstream": result.downstream,
        "extra": notes.plain(result.extra, "", spot),
    }


def _metric(metric: Metric, spot: Spot, notes: Notes) -> dict[str, Any]:
    return {
        "name": metric.name,
        "type": metric.type,
        "value": notes.plain(metric.value, metric.text, spot.at("value")),
        "args": notes.plain(metric.args, "", spot.at("args")),
        "verified": metric.verified,
        "verify_token": metric.verify_token,
        "within": list(metric.within),
        "extra": notes.plain(metric.extra, "", spot),
    }
