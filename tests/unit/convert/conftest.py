"""What cards say, as facts that can be counted before a conversion and after it and back."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from registry.convert import Converted, convert
from registry.loader import load
from registry.types import Collection, DatasetRef, Field, Index, MapNode, Model, Result, SeqNode

Fact = tuple[str, str, str]
"""A model, a path in it such as `Results[0].metrics[1].value`, and a text."""

DERIVED = ("task_type", "dataset.type", "metrics.type", "metrics.name")
"""What the Hub requires and other cards need not say: made from the name, or from the type, beside it."""


def facts_of(index: Index) -> Iterator[Fact]:
    """Every scalar that models, collections and libraries hold, with its printed text."""
    for card in index.cards:
        yield from _fields("", "Library", card.library)
        if card.body and card.models:
            yield "", "the prose", card.body
        for entry in card.models:
            yield from _entry(entry.name, entry)
        for entry in card.collections:
            yield from _entry(f"collection {entry.name}", entry)


def _entry(name: str, entry: Model | Collection) -> Iterator[Fact]:
    yield name, "Name", entry.name
    yield from _fields(name, "", entry.fields)
    yield from _fields(name, "Metadata", entry.metadata)
    for index, result in enumerate(entry.results):
        yield from ((name, path, text) for path, text in _result(result, f"Results[{index}]"))


def _fields(model: str, path: str, fields: Mapping[str, Field]) -> Iterator[Fact]:
    for name, field in fields.items():
        at = f"{path}.{name}" if path else name
        yield from ((model, below, text) for below, text in leaves(field.value, field.text, at))


def _result(result: Result, at: str) -> Iterator[tuple[str, str]]:
    fields: dict[str, Any] = {
        "task": result.task or result.task_type,
        "task_type": result.task_type,
        "source.name": result.source_name,
        "source.url": result.source_url,
        "dataset": result.dataset.name or result.dataset.type,
    }
    fields |= {f"dataset.{name}": getattr(result.dataset, name) for name in ("type", "config", "split", "revision")}
    for key, value in fields.items():
        name = fields[{"task_type": "task", "dataset.type": "dataset"}.get(key, key)]
        if value and (key not in ("task_type", "dataset.type") or not says_the_same(name, value)):
            yield f"{at}.{key}", value
    yield from leaves(result.dataset.args, "", f"{at}.dataset.args")
    for key, value in result.extra.items():
        yield from leaves(value, _printed(result.extra, key), f"{at}.{key}")
    for index, metric in enumerate(result.metrics):
        below = f"{at}.metrics[{index}]"
        yield f"{below}.name", metric.name or metric.type or ""
        if metric.name and metric.type and not says_the_same(metric.name, metric.type):
            yield f"{below}.type", metric.type
        yield from leaves(metric.value, metric.text, f"{below}.value")
        yield from leaves(metric.args, "", f"{below}.args")
        yield from leaves(metric.verified, "", f"{below}.verified")
        yield from leaves(metric.verify_token, "", f"{below}.verify_token")
        for key, value in metric.extra.items():
            yield from leaves(value, _printed(metric.extra, key), f"{below}.{key}")


def says_the_same(name: str, identifier: str) -> bool:
    """Whether an identifier is only its name, spelled as identifiers are."""
    return identifier in (name, re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-"))


def leaves(value: Any, text: str, at: str) -> Iterator[tuple[str, str]]:
    """The scalars of a value; empty lists and mappings count as one."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from leaves(item, _printed(value, key), f"{at}.{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, _printed(value, index), f"{at}[{index}]")
    elif isinstance(value, bool):
        yield at, str(value).lower()
    elif value is not None and value != "":
        yield at, value if isinstance(value, str) else text or str(value)


def _printed(node: Any, key: Any) -> str:
    return node.text(key) if isinstance(node, MapNode | SeqNode) and not isinstance(node[key], str) else ""


def plain_path(path: str) -> str:
    """A path without positions, which a conversion may shift."""
    # The Hub's `license` is model-index's `License`.
    return re.sub(r"^license\b", "License", re.sub(r"\[\d+\]", "", path))


def from_json(text: str) -> Iterator[Fact]:
    """The facts of `--to json`, read by Python's own parser, numbers as printed."""

    def entry(name: str, data: Any) -> Iterator[Fact]:
        yield name, "Name", data["name"]
        for path, below in (("", "fields"), ("Metadata", "metadata")):
            for key, value in data[below].items():
                at = f"{path}.{key}" if path else key
                yield from ((name, where, content) for where, content in leaves(value, "", at))
        for result in data["results"]:
            extra, source = result.pop("extra"), result.pop("source")
            data_set = result.pop("dataset")
            fields = {"task": result["task"] or result["task_type"], "task_type": result["task_type"]}
            fields |= {f"source.{key}": value for key, value in source.items()}
            fields |= {f"dataset.{key}": value for key, value in data_set.items()}
            fields["dataset"] = fields.pop("dataset.name") or data_set["type"]
            for key, value in (fields | extra).items():
                yield from ((name, f"Results.{where}", content) for where, content in leaves(value, "", key))
            for metric in result["metrics"]:
                metric["name"] = metric["name"] or metric["type"] or ""
                for key, value in (metric | metric.pop("extra")).items():
                    yield from (
                        (name, where, content) for where, content in leaves(value, "", f"Results.metrics.{key}")
                    )

    for card in json.loads(text, parse_int=str, parse_float=str)["cards"]:
        for key, value in card["library"].items():
            yield from (("", where, content) for where, content in leaves(value, "", f"Library.{key}"))
        if card["body"] and card["models"]:
            yield "", "the prose", card["body"]
        for data in card["models"]:
            yield from entry(data["name"], data)
        for data in card["collections"]:
            yield from entry(f"collection {data['name']}", data)


def from_csv(text: str) -> Iterator[Fact]:
    """The facts of `--to csv`, read by Python's own parser."""
    models: set[str] = set()
    for cells in csv.DictReader(io.StringIO(text, newline="")):
        row = {key: re.sub(r"^'(?=[=+\-@\t\r])", "", cell) for key, cell in cells.items()}
        model = row["model"]
        if model not in models:
            models.add(model)
            yield model, "Name", model
        if row["section"] in ("field", "metadata"):
            yield model, f"Metadata.{row['name']}" if row["section"] == "metadata" else row["name"], row["value"]
        if row["section"] == "result":
            yield model, "Results.metrics.name", row["name"] or row["metric_type"]
            yield model, "Results.metrics.value", row["value"]
            yield model, "Results.metrics.type", row["metric_type"]
            yield model, "Results.task", row["task"] or row["task_type"]
            yield model, "Results.task_type", row["task_type"]
            yield model, "Results.dataset", row["dataset"] or row["dataset_type"]
            for key in ("type", "config", "split", "revision"):
                yield model, f"Results.dataset.{key}", row[f"dataset_{key}"]
            for key in ("name", "url"):
                yield model, f"Results.source.{key}", row[f"source_{key}"]


def back_from(converted: Converted, to: str, folder: Path) -> Iterator[Fact]:
    """The facts of what a conversion wrote."""
    if to in ("json", "csv"):
        (output,) = converted.outputs
        yield from from_json(output.text) if to == "json" else from_csv(output.text)
        return
    contents = {str(folder.resolve() / output.file): output.text.encode() for output in converted.outputs}
    if contents:
        yield from facts_of(load([Path(file) for file in contents], root=folder, contents=contents))


def unnamed(index: Index, to: str, folder: Path, suffix: str | None = None) -> tuple[Counter[Fact], Counter[Fact]]:
    """What a conversion and back lost without naming it, and what it made up, the identifiers of the Hub aside."""
    converted = convert(index, to, suffix=suffix)
    models = {(loss.model, loss.what) for loss in converted.losses}
    renamed = {
        loss.model: re.search(r"'(.*)'", loss.reason)[1]  # type: ignore[index]
        for loss in converted.losses
        if loss.what == "Name" and loss.kind == "changed"
    }
    facts: Counter[Fact] = Counter()
    others: set[tuple[str, str]] = set()
    for model, path, text in facts_of(with_identifiers(index) if to == "eval-results" else index):
        collection = model.startswith("collection ")
        if to in ("huggingface", "eval-results", "csv") and collection:
            continue
        if any((model.removeprefix("collection "), above) in models for above in _above(path)):
            others.add((renamed.get(model, model), plain_path(path)))
        elif not (path == "Name" and ((model, "Name") in models)):
            facts[renamed.get(model, model), plain_path(path), text] += 1
    after = Counter((model, plain_path(path), text) for model, path, text in back_from(converted, to, folder))
    made_up = Counter(
        {
            fact: count
            for fact, count in (after - facts).items()
            if fact[2]
            and fact[1].removeprefix("Results.") not in DERIVED
            and (fact[0], fact[1]) not in others
            and fact[1] not in ("Name", "the prose")
        }
    )
    if to == "csv":
        # A result's task and data set stand in the row of each of its metrics.
        made_up = Counter({fact: count for fact, count in made_up.items() if fact not in facts})
    lost = Counter({fact: count for fact, count in (facts - after).items() if fact[2]})
    return lost, made_up


def _above(path: str) -> Iterator[str]:
    """A path and all paths that it lies below."""
    yield path
    for match in re.finditer(r"[.\[]", path):
        yield path[: match.start()]


def with_identifiers(index: Index) -> Index:
    """Data sets under their identifiers alone, which is what `.eval_results` knows."""
    return replace(
        index, cards=tuple(replace(card, models=tuple(map(_identified, card.models))) for card in index.cards)
    )


def _identified(model: Model) -> Model:
    results = (
        replace(result, dataset=replace(result.dataset, name=_identifier(result.dataset), type=None))
        for result in model.results
    )
    return replace(model, results=tuple(results))


def _identifier(dataset: DatasetRef) -> str:
    """The benchmark's repository where one of the two is one."""
    names = [name for name in (dataset.type, dataset.name) if name]
    return next((name for name in names if re.fullmatch(r"\w[\w.-]*/\w[\w.-]*", name)), names[0] if names else "")


Unnamed = Callable[..., tuple[Counter[Fact], Counter[Fact]]]


@pytest.fixture(name="unnamed", scope="session")
def _unnamed() -> Unnamed:
    return unnamed
