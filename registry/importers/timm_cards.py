"""timm's pretrained configurations as cards, one for each module of `timm.models`, and its published tables as claims.

A configuration (`timm.get_pretrained_cfg`) says where the weights are, their licence and how pictures are prepared, and
no number of what they achieve. Those are in the tables that timm publishes beside its code; see `timm_tables`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from registry.dialects.writers.yaml_text import Line
from registry.importers.card_text import ImportedCard, markdown
from registry.importers.timm_tables import MachineBenchmark, Published, TableResult, read_tables
from registry.verify.torchvision_ops import import_torchvision

_GONE = "not in this release"
"""The card of models that a table has and the installed timm has not."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Numbers:
    """What the tables say of weights on pictures of one size."""

    results: Sequence[TableResult]
    benchmarks: Sequence[MachineBenchmark]


def cards(tables: Sequence[Path] = (), *, source: str = "", measured: bool = False) -> list[ImportedCard]:
    """The cards of the installed timm, in the order of their file names.

    Weights that a table has on pictures of several sizes are a model for each: they differ in all but parameters.

    Args:
        tables: Files of timm's published results, under the names that timm gives them, or folders of such.
        source: Where the tables are from, and of which version: each card names it.
        measured: Leave out what no table has.

    Raises:
        ModuleNotFoundError: timm is not installed.
        UsageError: A table cannot be read, or is none of timm's.
    """
    published = read_tables(tables)
    import_torchvision()
    timm = import_module("timm")
    module_of = import_module("timm.models._registry")._model_to_module
    old_names = _old_names(published.pretraining)
    sizes: dict[str, list[int]] = defaultdict(list)
    for name, size in published.results:
        sizes[name].append(size)
    modules: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for name in timm.list_pretrained():
        module, config = module_of[name.partition(".")[0]], timm.get_pretrained_cfg(name)
        own = (config.test_input_size or config.input_size)[-1]
        options = sorted(sizes.pop(name, []), key=lambda size: (size != own, size))
        for size in options if options and (measured or own in options) else ([] if measured else [own, *options]):
            entry = _model(name, size, module, config, _numbers(published, name, size), own == size)
            if name in old_names:
                entry["Metadata"]["Pretraining"] = old_names[name]
            modules[module].append(entry)
    card_files = [_card(module, models, source) for module, models in sorted(modules.items())]
    if sizes:
        left = [_unknown(name, _numbers(published, name, size)) for name, group in sizes.items() for size in group]
        card_files.append(_card(_GONE, left, source))
    return card_files


def odd(tables: Sequence[Path]) -> Sequence[str]:
    """What in the tables is not as it should be, a sentence each.

    Raises:
        UsageError: A table cannot be read, or is none of timm's.
    """
    return read_tables(tables).odd


def _numbers(published: Published, name: str, size: int) -> _Numbers:
    architecture = name.partition(".")[0]
    return _Numbers(
        results=published.results.get((name, size), []), benchmarks=published.benchmarks.get((architecture, size), [])
    )


def _old_names(pretraining: Mapping[str, str]) -> dict[str, str]:
    """What weights were trained on, by the names that they have now."""
    renamed = import_module("timm.models._registry")._deprecated_models if pretraining else {}
    return {renamed.get(name, name): data for name, data in pretraining.items()}


def _card(module: str, models: list[dict[str, Any]], source: str) -> ImportedCard:
    release = version("timm")
    collection: dict[str, Any] = {"Name": f"timm {module}"}
    if module == _GONE:
        body = f"# timm, {module}\n\nModels of timm's published results that timm {release} has not by these names."
    else:
        code = f"https://github.com/huggingface/pytorch-image-models/blob/v{release}/timm/models/{module}.py"
        collection["Code"] = {"URL": code, "Version": f"v{release}"}
        numbers = f"\n\nIts numbers are those of timm's published tables: {source}." if source else ""
        body = _BODY.format(module=module, release=release, name=models[0]["Metadata"]["ID"], numbers=numbers)
    return ImportedCard(file=f"{re.sub('[ _]+', '-', module)}.md", text=markdown([collection], models, body, {}))


_BODY = """# timm {module}

What timm {release} says of its pretrained weights of `timm.models.{module}`: `mir import timm` wrote this card
from the library's own configurations.{numbers}

## How do I load this model?

```python
import timm

model = timm.create_model("{name}", pretrained=True)
```
"""


def _model(name: str, size: int, module: str, config: Any, numbers: _Numbers, own: bool) -> dict[str, Any]:
    entry: dict[str, Any] = {"Name": name if own else f"{name} at {size}", "In Collection": f"timm {module}"}
    arxiv = re.fullmatch(r"arXiv:(\d{4}\.\d{4,5})", config.paper_ids or "")
    if arxiv:
        entry["Paper"] = f"https://arxiv.org/abs/{arxiv[1]}"
    entry["Builder"] = f"timm:{name}"
    weights = _weights(config)
    if weights:
        entry["Weights"] = weights
    metadata: dict[str, Any] = {"ID": name, **_counts(numbers)}
    if config.num_classes:
        metadata["Categories"] = config.num_classes
    pictures = _pictures(config) if own or not numbers.results else dict(numbers.results[0].pictures)
    metadata |= pictures
    metadata |= {"Mean": Line(config.mean), "Std": Line(config.std)}
    if config.license and config.license != "unknown":
        metadata["License"] = config.license
    entry["Metadata"] = metadata | _times(numbers)
    return entry | _results(numbers.results, pictures)


def _unknown(name: str, numbers: _Numbers) -> dict[str, Any]:
    pictures = numbers.results[0].pictures
    metadata = {"ID": name, **_counts(numbers), **pictures}
    return {"Name": name, "In Collection": f"timm {_GONE}", "Metadata": metadata} | _results(numbers.results, pictures)


def _counts(numbers: _Numbers) -> dict[str, Any]:
    """Parameters and FLOPs, and which table says otherwise.

    Accuracy is a fact of the weights, so that its tables go first, and of the benchmarks the one that has as many
    parameters: some were run on models whose branches were folded.
    """
    parameters = numbers.results[0].parameters if numbers.results else None
    order = sorted(numbers.benchmarks, key=lambda row: parameters is not None and row.parameters != parameters)
    counts: dict[str, Any] = {}
    if parameters is not None or order:
        counts["Parameters"] = f"{parameters if parameters is not None else order[0].parameters}M"
    with_flops = [row for row in order if row.gmacs is not None]
    if with_flops:
        counts["FLOPs"] = f"{_printed(with_flops[0].gmacs)} GMACs"
    others = list(dict.fromkeys(_otherwise(row, counts, parameters) for row in numbers.benchmarks))
    if any(others):
        counts["Other Tables"] = "; ".join(filter(None, others))
    return counts


def _otherwise(benchmark: MachineBenchmark, counts: Mapping[str, Any], parameters: Decimal | None) -> str:
    """What a benchmark says that the card does not, with its name."""
    words = []
    if parameters is not None and benchmark.parameters != parameters:
        words.append(f"{benchmark.parameters}M parameters")
    if benchmark.gmacs is not None and f"{_printed(benchmark.gmacs)} GMACs" != counts["FLOPs"]:
        words.append(f"{_printed(benchmark.gmacs)} GMACs")
    return f"{' and '.join(words)} in {benchmark.table}" if words else ""


def _printed(gmacs: Decimal | None) -> str:
    """With the two decimals that timm's tables round to; their writer leaves out zeros at the end."""
    return f"{gmacs:.2f}"


def _times(numbers: _Numbers) -> dict[str, Any]:
    """Throughput on each machine, under what it was measured."""
    lines = [Line({"value": float(benchmark.rate), **benchmark.under}) for benchmark in numbers.benchmarks]
    return {"Throughput (images/s)": lines} if lines else {}


def _results(results: Sequence[TableResult], pictures: Mapping[str, Any]) -> dict[str, Any]:
    """The claims of a model; how the pictures were prepared where it was not as the card says."""
    lines = [
        Line(
            {
                "Task": "Image Classification",
                "Dataset": result.dataset,
                **{key: value for key, value in result.pictures.items() if pictures[key] != value},
                "Metrics": {"Top 1 Accuracy": f"{result.top1}%", "Top 5 Accuracy": f"{result.top5}%"},
            }
        )
        for result in results
    ]
    return {"Results": lines} if lines else {}


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
