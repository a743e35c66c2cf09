"""timm's pretrained configurations as cards, one for each module of `timm.models`, and its published tables as claims.

A configuration (`timm.get_pretrained_cfg`) says where the weights are, their licence and how pictures are prepared, and
no number of what they achieve. Those are in the tables that timm publishes beside its code, `results-imagenet.csv` and
others: top-1 and top-5 accuracy in percent, parameters in millions.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from registry.importers.card import ImportedCard, markdown
from registry.types import UsageError
from registry.verify.torchvision_ops import import_torchvision

_DATASETS = {
    "results-imagenet": "ImageNet",
    "results-imagenet-real": "ImageNet-ReaL",
    "results-imagenet-a": "ImageNet-A",
    "results-imagenet-a-clean": "ImageNet (the 200 classes of ImageNet-A)",
    "results-imagenet-r": "ImageNet-R",
    "results-imagenet-r-clean": "ImageNet (the 200 classes of ImageNet-R)",
    "results-imagenetv2-matched-frequency": "ImageNet-V2",
    "results-sketch": "ImageNet-Sketch",
}
"""What each of the published tables was measured on, by its name."""

_COLUMNS = ("model", "img_size", "top1", "top5", "param_count", "crop_pct", "interpolation")
_NAME = re.compile(r"[A-Za-z0-9_.\-]{1,200}")
_GONE = "not in this release"
"""The card of models that a table has and the installed timm has not."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Row:
    """One line of a table: what was measured on which data, and with which pictures."""

    dataset: str
    parameters: Decimal
    top1: Decimal
    top5: Decimal
    pictures: Mapping[str, Any]


def cards(tables: Sequence[Path] = ()) -> list[ImportedCard]:
    """The cards of the installed timm, in the order of their file names.

    Args:
        tables: Files of timm's published results, under the names that timm gives them.

    Raises:
        ModuleNotFoundError: timm is not installed.
        UsageError: A table cannot be read, or is none of timm's.
    """
    rows: dict[str, list[_Row]] = defaultdict(list)
    for table in tables:
        for name, row in _read(table):
            rows[name].append(row)
    import_torchvision()
    timm = import_module("timm")
    module_of = import_module("timm.models._registry")._model_to_module
    modules: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for name in timm.list_pretrained():
        module = module_of[name.partition(".")[0]]
        modules[module].append(_model(name, module, timm.get_pretrained_cfg(name), rows.pop(name, [])))
    found = [_card(module, models) for module, models in sorted(modules.items())]
    if rows:
        found.append(_card(_GONE, [_unknown(name, said) for name, said in rows.items()]))
    return found


def _card(module: str, models: list[dict[str, Any]]) -> ImportedCard:
    release = version("timm")
    collection: dict[str, Any] = {"Name": f"timm {module}"}
    if module == _GONE:
        body = f"# timm, {module}\n\nModels of timm's published results that timm {release} has not by these names."
    else:
        code = f"https://github.com/huggingface/pytorch-image-models/blob/v{release}/timm/models/{module}.py"
        collection["Code"] = {"URL": code, "Version": f"v{release}"}
        body = _BODY.format(module=module, release=release, name=models[0]["Name"])
    return ImportedCard(file=f"{re.sub('[ _]+', '-', module)}.md", text=markdown([collection], models, body, {}))


_BODY = """# timm {module}

What timm {release} says of its pretrained weights of `timm.models.{module}`: `mir import timm` wrote this card
from the library's own configurations.

## How do I load this model?

```python
import timm

model = timm.create_model("{name}", pretrained=True)
```
"""


def _model(name: str, module: str, config: Any, rows: Sequence[_Row]) -> dict[str, Any]:
    entry: dict[str, Any] = {"Name": name, "In Collection": f"timm {module}"}
    arxiv = re.fullmatch(r"arXiv:(\d{4}\.\d{4,5})", config.paper_ids or "")
    if arxiv:
        entry["Paper"] = f"https://arxiv.org/abs/{arxiv[1]}"
    entry["Builder"] = f"timm:{name}"
    weights = _weights(config)
    if weights:
        entry["Weights"] = weights
    metadata: dict[str, Any] = {"ID": name}
    if rows:
        metadata["Parameters"] = f"{rows[0].parameters}M"
    if config.num_classes:
        metadata["Categories"] = config.num_classes
    pictures = _pictures(config)
    metadata |= pictures
    metadata |= {"Mean": list(config.mean), "Std": list(config.std)}
    if config.license and config.license != "unknown":
        metadata["License"] = config.license
    entry["Metadata"] = metadata
    return entry | _results(rows, pictures)


def _unknown(name: str, rows: Sequence[_Row]) -> dict[str, Any]:
    metadata = {"ID": name, "Parameters": f"{rows[0].parameters}M", **rows[0].pictures}
    return {"Name": name, "In Collection": f"timm {_GONE}", "Metadata": metadata} | _results(rows, rows[0].pictures)


def _results(rows: Sequence[_Row], pictures: Mapping[str, Any]) -> dict[str, Any]:
    """The claims of a model; how the pictures were prepared where it was not as the card says."""
    results = [
        {
            "Task": "Image Classification",
            "Dataset": row.dataset,
            **{key: value for key, value in row.pictures.items() if pictures[key] != value},
            "Metrics": {"Top 1 Accuracy": f"{row.top1}%", "Top 5 Accuracy": f"{row.top5}%"},
        }
        for row in rows
    ]
    return {"Results": results} if results else {}


def _pictures(config: Any) -> dict[str, Any]:
    """How pictures are prepared for testing, which for many weights is not how they were for training."""
    height, width = (config.test_input_size or config.input_size)[-2:]
    return {
        "Image Size": height if height == width else f"{height}x{width}",
        "Crop Pct": float(config.test_crop_pct or config.crop_pct),
        "Interpolation": config.interpolation,
    }


def _weights(config: Any) -> str:
    if config.hf_hub_id:
        return f"https://huggingface.co/{config.hf_hub_id}/resolve/main/{config.hf_hub_filename or 'model.safetensors'}"
    return str(config.url or "")


def _read(table: Path) -> list[tuple[str, _Row]]:
    """The lines of a table by the model's name."""
    dataset = _DATASETS.get(table.stem)
    if dataset is None:
        names = ", ".join(f"{name}.csv" for name in _DATASETS)
        raise UsageError(f"the name of {table} does not say what it was measured on; timm's tables are {names}")
    try:
        with table.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            missing = [column for column in _COLUMNS if column not in (reader.fieldnames or ())]
            if missing:
                raise UsageError(f"{table} is no table of timm's: it has no column {', '.join(missing)}")
            return [_row(line, dataset, f"{table}:{reader.line_num}") for line in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{table} cannot be read: {error}") from error


def _row(line: Mapping[str, str | None], dataset: str, place: str) -> tuple[str, _Row]:
    name = line["model"] or ""
    if not _NAME.fullmatch(name):
        raise UsageError(f"{place}: '{name[:40]}' is no name of a model")

    def number(column: str) -> Decimal:
        text = (line[column] or "").replace(",", "")
        if not re.fullmatch(r"\d{1,9}(\.\d{1,9})?", text):
            raise UsageError(f"{place}: {column} is '{text[:40]}', which is no number")
        return Decimal(text)

    pictures = {
        "Image Size": int(number("img_size")),
        "Crop Pct": float(number("crop_pct")),
        "Interpolation": line["interpolation"] if _NAME.fullmatch(line["interpolation"] or "") else None,
    }
    return name, _Row(
        dataset=dataset,
        parameters=number("param_count"),
        top1=number("top1"),
        top5=number("top5"),
        pictures=pictures,
    )
