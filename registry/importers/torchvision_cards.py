"""torchvision's own weights metadata as cards: one card a family (a module of `torchvision.models`).

Every number is the library's: `num_params`, `_ops` (multiply-accumulates in units of 10^9), `_file_size` (units of
2^20 bytes) and `_metrics` of `torchvision.models.*_Weights.*.meta`.
"""

from __future__ import annotations

import inspect
import math
import re
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from typing import Any

from registry.importers.card_text import ImportedCard, Notes, markdown
from registry.types import UsageError
from registry.verify.torchvision_ops import import_torchvision
from registry.vocabulary.toml_files import own_table

_TASKS = {
    "": "Image Classification",
    "quantization": "Image Classification",
    "segmentation": "Semantic Segmentation",
    "detection": "Object Detection",
    "video": "Action Recognition",
    "optical_flow": "Optical Flow",
}
"""The task of each part of `torchvision.models`."""

_METRIC_TASKS = {"mask_map": "Instance Segmentation", "kp_map": "Pose Estimation"}
"""Metrics of a detector that belong to another task than its own."""

_TABLES = own_table(Path(__file__).with_suffix(".toml"))
_DATASETS: dict[str, str] = _TABLES["datasets"]
"""The datasets that torchvision abbreviates, by the names that people look for."""

_METRICS: dict[str, tuple[str, str]] = _TABLES["metrics"]
"""Name and unit of each metric."""

_NOTES: Notes = {(model, "File Size"): note for model, note in _TABLES["file_sizes"].items()}
"""What a card says of a published number that looks wrong and is not."""


def cards(tables: Sequence[Path] = ()) -> list[ImportedCard]:
    """The cards of the installed torchvision, in the order of their file names.

    Raises:
        ModuleNotFoundError: torchvision is not installed.
        UsageError: There are tables.
    """
    if tables:
        raise UsageError("torchvision publishes no tables of results; what it reports is in the library itself")
    models = import_torchvision().models
    families: dict[str, list[str]] = defaultdict(list)
    for name in models.list_models():
        if list(models.get_model_weights(name)):
            families[models.get_model_builder(name).__module__.removeprefix("torchvision.models.")].append(name)
    return [_card(models, family, sorted(names, key=_natural)) for family, names in sorted(families.items())]


def _card(models: Any, family: str, names: list[str]) -> ImportedCard:
    collection = "torchvision " + family.replace(".", " ")
    builders = {name: models.get_model_builder(name) for name in names}
    papers = {name: _paper(builder) for name, builder in builders.items()}
    code = f"https://github.com/pytorch/vision/blob/v{_release()}/torchvision/models/{family.replace('.', '/')}.py"
    entry: dict[str, Any] = {"Name": collection}
    first = papers[names[0]]
    if first:
        entry["Paper"] = first
    entry["Code"] = {"URL": code, "Version": f"v{_release()}"}
    entries = [
        _model(name, weights, collection, family, papers[name] if papers[name] != first else None)
        for name in names
        for weights in models.get_model_weights(name)
    ]
    file = family.replace(".", "-").replace("_", "-") + ".md"
    return ImportedCard(file=file, text=markdown([entry], entries, _body(family, file, names), _NOTES))


def _model(name: str, weights: Any, collection: str, family: str, paper: dict[str, str] | None) -> dict[str, Any]:
    meta = weights.meta
    task = _TASKS[family.rpartition(".")[0]]
    entry: dict[str, Any] = {"Name": f"{name}.{weights.name}", "In Collection": collection}
    if paper:
        entry["Paper"] = paper
    entry |= {
        "Builder": f"torchvision:{name}.{weights.name}",
        "Weights": weights.url,
        "Config": meta["recipe"],
        "Metadata": _metadata(name, weights),
    }
    results = [result for dataset, values in meta["_metrics"].items() for result in _results(task, dataset, values)]
    return entry | {"Results": results} if results else entry


def _metadata(name: str, weights: Any) -> dict[str, Any]:
    meta = weights.meta
    transform = weights.transforms()
    metadata: dict[str, Any] = {
        "ID": name,
        "Parameters": meta["num_params"],
        # Rounded to three decimals by what makes them, `get_ops` and `get_weight_size_mb` of torchvision's
        # test/common_extended_utils.py; a zero at the end is a digit that was measured.
        "FLOPs": f"{meta['_ops']:.3f} GMACs",
        "File Size": f"{meta['_file_size']:.3f} MiB",
    }
    if meta.get("categories"):
        metadata["Categories"] = len(meta["categories"])
    metadata["Minimum Size"] = "x".join(map(str, meta["min_size"]))
    if "min_temporal_size" in meta:
        metadata["Minimum Frames"] = meta["min_temporal_size"]
    metadata |= _transform(transform)
    if "unquantized" in meta:
        metadata |= {"Backend": meta["backend"], "Quantized From": str(meta["unquantized"])}
    if "license" in meta:
        metadata["License"] = meta["license"]
    metadata["Description"] = _plain(meta["_docs"])
    return metadata


def _transform(transform: Any) -> dict[str, Any]:
    """The weights' own preprocessing, as far as it has any."""
    entries: dict[str, Any] = {}
    for key, attribute in (("Resize", "resize_size"), ("Crop", "crop_size")):
        size = getattr(transform, attribute, None)
        if size is not None:
            sides = [size] if isinstance(size, int) else list(size)
            entries[key] = sides[0] if len(set(sides)) == 1 else "x".join(map(str, sides))
    if "Crop" in entries:
        entries["Image Size"] = entries.pop("Crop")
    if hasattr(transform, "interpolation"):
        entries["Interpolation"] = transform.interpolation.value
    if hasattr(transform, "mean"):
        entries |= {"Mean": list(transform.mean), "Std": list(transform.std)}
    return entries


def _results(task: str, dataset: str, values: dict[str, float]) -> list[dict[str, Any]]:
    """One result for each task that the metrics of a dataset belong to."""
    tasks: dict[str, dict[str, str | float]] = defaultdict(dict)
    for key, value in values.items():
        if math.isnan(value):
            continue  # not measured: VGG-16's features come without a classifier
        label, unit = _METRICS[key]
        # The shortest decimal that is the number stands in torchvision's source.
        tasks[_METRIC_TASKS.get(key, task)][label] = f"{Decimal(repr(value))}{unit}" if unit else value
    return [
        {"Task": name, "Dataset": _DATASETS.get(dataset, dataset), "Metrics": dict(metrics)}
        for name, metrics in tasks.items()
    ]


def _paper(builder: Any) -> dict[str, str] | None:
    """Title and address of the paper that a builder's documentation names first."""
    link = re.search(r"`([^`<>]+)<(https?://[^>]+)>`_", inspect.getdoc(builder) or "")
    if link is None or not re.search(r"arxiv\.org|openaccess|/pdf|papers", link[2]):
        return None
    return {"Title": " ".join(link[1].split()), "URL": link[2].replace("http://arxiv", "https://arxiv")}


def _plain(text: str) -> str:
    """ReStructuredText as a sentence: links by their text, code without its marks."""
    text = re.sub(r":\w+:`~?([^`<]+?)`", lambda match: match[1].rpartition(".")[2], " ".join(text.split()))
    text = re.sub(r"`([^`<>]+?)\s*<[^>]+>`__?", r"\1", text)
    return text.replace("``", "").replace("`", "")


def _body(family: str, file: str, names: list[str]) -> str:
    title = family.replace(".", " ")
    return f"""# torchvision {title}

What torchvision {_release()} publishes about its weights of `torchvision.models.{family}`:
`mir import torchvision` wrote this card from the library's own metadata. FLOPs are
multiply-accumulates, as torchvision counts them.

## How do I load this model?

```python
from torchvision.models import get_model

model = get_model("{names[0]}", weights="DEFAULT")
```

## How do I verify these numbers?

```bash
mir verify models/torchvision/{file}
```
"""


def _release() -> str:
    return version("torchvision").partition("+")[0]


def _natural(name: str) -> list[str | int]:
    """Orders `densenet121` before `densenet1000`."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]
