"""Cards of every shape that a schema allows: n of each list, mapping, name and reference, one of all else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

SCHEMAS = Path(__file__).parents[2] / "schemas"
NAMED = {"model-index": "model-index.yml", "metafile": "metafile.yml", "huggingface": "README.md"}
"""What a card of each dialect is called."""

Shape = Callable[[int], Any]
"""From how many to a card's data."""


def shapes(dialect: str) -> dict[str, Shape]:
    """Every shape of a dialect's cards by its name, such as `Models[].Results: list`."""
    schema = json.loads((SCHEMAS / f"{dialect}.schema.json").read_text(encoding="utf-8"))
    return dict(_shapes(schema, schema.get("$defs", {}), (), lambda inner: inner, set())) | REFERENCES.get(dialect, {})


def _shapes(
    schema: Any, definitions: Any, path: tuple[str, ...], around: Callable[[Any], Any], seen: set[str]
) -> Iterator[tuple[str, Shape]]:
    """The shapes of a schema; of what it defines once and uses often, at the first place."""
    while "$ref" in schema:
        defined = schema["$ref"].rpartition("/")[2]
        if defined in seen:
            return
        if "properties" in definitions[defined]:
            seen.add(defined)
        schema = {**definitions[defined], **{key: value for key, value in schema.items() if key != "$ref"}}
    kinds = schema.get("type", "object" if "properties" in schema else "string")
    kinds = {kinds} if isinstance(kinds, str) else set(kinds)
    name = ".".join(path).replace(".[]", "[]") or "card"
    if "object" in kinds and "array" not in kinds:
        properties = schema.get("properties", {})
        if schema.get("additionalProperties", True) is not False:
            yield (
                f"{name}: keys",
                lambda n: around({**_least(schema, definitions), **{f"key {at}": at for at in range(n)}}),
            )
        for key, below in properties.items():
            yield from _shapes(
                below,
                definitions,
                (*path, key),
                lambda inner, key=key: around({**_least(schema, definitions), key: inner}),
                seen,
            )
    if "array" in kinds:
        item = schema.get("items", {"type": "string"})
        yield f"{name}: list", lambda n: around([_least(item, definitions, at) for at in range(n)])
        yield f"{name}: list of one", lambda n: around([_least(item, definitions, 0) for _ in range(n)])
        yield from _shapes(item, definitions, (*path, "[]"), lambda inner: around([inner]), seen)
    if "string" in kinds:
        yield f"{name}: long", lambda n: around("resnet-" * n)


def _least(schema: Any, definitions: Any, number: int = 0) -> Any:
    """What a value is at least; a name is a different one for each number."""
    while "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    kinds = schema.get("type", "object" if "properties" in schema else "string")
    kinds = [kinds] if isinstance(kinds, str) else list(kinds)
    if "object" in kinds:
        name_key = next((key for key in ("Name", "name") if key in schema.get("properties", {})), None)
        required = {
            key: _least(schema["properties"][key], definitions, number)
            for key in schema.get("required", ())
            if key in schema.get("properties", {})
        }
        return required | ({} if name_key is None else {name_key: f"resnet{number:05d}"})
    if "number" in kinds or "integer" in kinds:
        return number + 1
    return [] if kinds == ["array"] else f"text{number:05d}"


def _models(n: int, **fields: Any) -> list[dict[str, Any]]:
    return [
        {"Name": f"resnet{at:05d}", **{k.replace("_", " "): v(at) if callable(v) else v for k, v in fields.items()}}
        for at in range(n)
    ]


RESULT = {"Task": "Image Classification", "Dataset": "ImageNet", "Metrics": {"Top 1 Accuracy": 70.5}}
REFERENCES: dict[str, dict[str, Shape]] = {
    "model-index": {
        "memberships of one collection": lambda n: {
            "Collections": [{"Name": "c", "Metadata": {"Training Data": ["a"] * 9}}],
            "Models": [{"Name": "m", "In Collection": ["c"] * n}],
        },
        "memberships of as many collections": lambda n: {
            "Collections": [{"Name": f"c{at}", "Metadata": {"Training Data": [f"d{at}"]}} for at in range(n)],
            "Models": [{"Name": "m", "In Collection": [f"c{at}" for at in range(n)]}],
        },
        "members of one collection": lambda n: {
            "Collections": [{"Name": "c", "Metadata": {"Epochs": 3}}],
            "Models": _models(n, In_Collection="c"),
        },
        "collections of one name and as many members": lambda n: {
            "Collections": [{"Name": "c", "Metadata": {"Epochs": at}} for at in range(n)],
            "Models": _models(n, In_Collection="c"),
        },
        "collections that are not there, of similar names": lambda n: {
            "Collections": [{"Name": f"collection of resnets {at:06d}"} for at in range(n)],
            "Models": _models(n, In_Collection=lambda at: f"collection of resnet {at:06d}s"),
        },
        "one file of weights, models that differ": lambda n: {
            "Models": _models(
                n, Weights="https://example.org/resnet-4df8aa71.pth", Metadata=lambda at: {"Parameters": 10**6 + at}
            )
        },
        "one file of weights, a model that says much": lambda n: {
            "Models": [
                {
                    "Name": "m",
                    "Weights": "https://example.org/resnet-4df8aa71.pth",
                    "Results": [{**RESULT, "Dataset": f"d{at}"} for at in range(n)],
                },
                *_models(n, Weights="https://example.org/resnet-4df8aa71.pth"),
            ]
        },
        "long names that are alike": lambda n: {
            "Models": [
                {"Name": "x" * n + str(at), "Weights": "https://example.org/" + "x" * n, "Metadata": {"FLOPs": at}}
                for at in range(30)
            ]
        },
        "results of one task and data": lambda n: {"Models": [{"Name": "m", "Results": [RESULT] * n}]},
        "metrics of one result, with much beside them": lambda n: {
            "Models": [
                {
                    "Name": "m",
                    "Results": [
                        {
                            **RESULT,
                            "Metrics": {f"m{at}": at for at in range(n)},
                            **{f"k{at}": at for at in range(n)},
                        }
                    ],
                }
            ]
        },
        "names that are slips": lambda n: {
            "Models": [
                {"Name": "m", "Results": [{**RESULT, "Dataset": f"ImagNet {'ab'[at % 2]}{at}"} for at in range(n)]}
            ]
        },
        "READMEs that are not there": lambda n: {"Models": _models(n, README=lambda at: f"docs/{at}.md")},
        "one README": lambda n: {"Models": _models(n, README="docs.md")},
        "imports that are not there": lambda n: {"Import": [f"{at}.yml" for at in range(n)], "Models": _models(1)},
        "papers": lambda n: {
            "Models": _models(n, Paper=lambda at: {"URL": f"https://arxiv.org/abs/1512.{at:05d}", "Title": f"T{at}"})
        },
        "one paper": lambda n: {"Models": _models(n, Paper="https://arxiv.org/abs/1512.03385")},
        "one collection, one result each": lambda n: {
            "Collections": [{"Name": "c"}],
            "Models": _models(n, In_Collection="c", Results=[RESULT], Metadata=lambda at: {"FLOPs": at + 1}),
        },
    },
    "huggingface": {
        "results of one task and data": lambda n: {
            "model-index": [
                {
                    "name": "m",
                    "results": [
                        {
                            "task": {"type": "a"},
                            "dataset": {"type": "b", "name": "b", "args": {f"k{at}": at for at in range(n // 9)}},
                            "metrics": [{"type": "accuracy", "value": 0.5}] * n,
                        }
                    ],
                }
            ]
        },
    },
}
"""What no schema shows: entries that refer to each other, or resemble each other."""
