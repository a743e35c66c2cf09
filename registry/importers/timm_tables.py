"""The tables of results that timm publishes beside its code, in `results/`, read as they are.

`results-*.csv` hold top-1 and top-5 accuracy in percent and parameters in millions, a line for each weights and
picture size. `benchmark-infer-*.csv` hold throughput, GMACs and parameters of each architecture and picture size, on
the machine that the name says: `benchmark-infer-amp-nhwc-pt240-cu124-rtx4090` is mixed precision, channels last,
PyTorch 2.4.0, CUDA 12.4. `model_metadata-in1k.csv` says what weights were trained on before.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from registry.types import UsageError
from registry.vocabulary.toml_files import own_table

_TABLES = own_table(Path(__file__).with_suffix(".toml"))
DATASETS: dict[str, str] = _TABLES["datasets"]
"""What each of the tables of results was measured on, by its name."""

METADATA = "model_metadata-in1k"
_BENCHMARK = re.compile(
    r"benchmark-infer-(?P<mode>amp|fp32|fp16|bf16)-(?P<layout>nchw|nhwc)-pt(?P<torch>\d{2,4})"
    r"-(?P<on>cpu|cu(?P<cuda>\d{3}))-(?P<machine>[a-z0-9_]+)(?P<compiled>-dynamo)?"
)
_MACHINES: dict[str, str] = _TABLES["machines"]
"""Machines as their makers call them, by timm's names for them."""

NAME = re.compile(r"[A-Za-z0-9_.\-]{1,200}")
_RESULTS = ("model", "img_size", "top1", "top5", "param_count", "crop_pct", "interpolation")
_TIMES = ("model", "infer_img_size", "infer_samples_per_sec", "infer_step_time", "infer_batch_size", "param_count")
_WHOLE_DAY = Decimal(86_400_000)


@dataclass(frozen=True, kw_only=True, slots=True)
class TableResult:
    """What was measured on one data set."""

    dataset: str
    parameters: Decimal
    top1: Decimal
    top5: Decimal
    pictures: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class MachineBenchmark:
    """What was measured of an architecture on one machine.

    Attributes:
        rate: Pictures a second, as printed.
        parameters: In millions.
        gmacs: GMACs; `None` where the table does not say.
    """

    table: str
    rate: Decimal
    under: Mapping[str, Any]
    parameters: Decimal
    gmacs: Decimal | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """All that the tables hold.

    Attributes:
        pretraining: What weights were trained on before, by name.
        odd: What in the tables is not as it should be, a sentence each.
    """

    results: Mapping[tuple[str, int], list[TableResult]] = field(default_factory=dict)
    benchmarks: Mapping[tuple[str, int], list[MachineBenchmark]] = field(default_factory=dict)
    pretraining: Mapping[str, str] = field(default_factory=dict)
    odd: Sequence[str] = ()


def read_tables(tables: Sequence[Path]) -> Published:
    """The tables in some files and folders.

    Args:
        tables: Files under the names that timm gives them; of a folder, every table in it.

    Raises:
        UsageError: A table cannot be read, or is none of timm's.
    """
    results: dict[tuple[str, int], list[TableResult]] = defaultdict(list)
    benchmarks: dict[tuple[str, int], list[MachineBenchmark]] = defaultdict(list)
    pretraining: dict[str, str] = {}
    odd: list[str] = []
    for table in (file for path in tables for file in (sorted(path.glob("*.csv")) if path.is_dir() else [path])):
        times = _BENCHMARK.fullmatch(table.stem)
        if table.stem in DATASETS:
            for row in _rows(table, _RESULTS):
                results[row.name(), int(row.number("img_size"))].append(_result(row, DATASETS[table.stem]))
        elif times is not None:
            for row in _rows(table, _TIMES):
                benchmark = _benchmark(row, times)
                benchmarks[row.name(), int(row.number("infer_img_size"))].append(benchmark)
                odd += _odd(row, benchmark)
        elif table.stem == METADATA:
            pretraining |= {row.name(): row.text("pretrain") for row in _rows(table, ("model", "pretrain"))}
        else:
            names = ", ".join(f"{name}.csv" for name in (*DATASETS, METADATA, "benchmark-infer-..."))
            raise UsageError(f"the name of {table} does not say what it was measured on; timm's tables are {names}")
    order = list(DATASETS.values())
    for rows in results.values():
        rows.sort(key=lambda result: order.index(result.dataset))
    return Published(results=results, benchmarks=benchmarks, pretraining=pretraining, odd=odd)


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of a table, and where it stands."""

    line: Mapping[str, str | None]
    place: str

    def text(self, column: str) -> str:
        text = self.line.get(column) or ""
        if not NAME.fullmatch(text):
            raise UsageError(f"{self.place}: {column} is '{text[:40]}', which is no name")
        return text

    def name(self) -> str:
        text = self.line["model"] or ""
        if not NAME.fullmatch(text):
            raise UsageError(f"{self.place}: '{text[:40]}' is no name of a model")
        return text

    def number(self, column: str) -> Decimal:
        text = (self.line.get(column) or "").replace(",", "")
        if not re.fullmatch(r"\d{1,9}(\.\d{1,9})?", text):
            raise UsageError(f"{self.place}: {column} is '{text[:40]}', which is no number")
        return Decimal(text)


def _rows(table: Path, columns: Sequence[str]) -> Iterator[_Row]:
    try:
        with table.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            missing = [column for column in columns if column not in (reader.fieldnames or ())]
            if missing:
                raise UsageError(f"{table} is no table of timm's: it has no column {', '.join(missing)}")
            yield from [_Row(line, f"{table}:{reader.line_num}") for line in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{table} cannot be read: {error}") from error


def _result(row: _Row, dataset: str) -> TableResult:
    interpolation = row.line["interpolation"] or ""
    return TableResult(
        dataset=dataset,
        parameters=row.number("param_count"),
        top1=row.number("top1"),
        top5=row.number("top5"),
        pictures={
            "Image Size": int(row.number("img_size")),
            "Crop Pct": float(row.number("crop_pct")),
            "Interpolation": interpolation if NAME.fullmatch(interpolation) else None,
        },
    )


def _benchmark(row: _Row, match: re.Match[str]) -> MachineBenchmark:
    torch = match["torch"]
    software = [f"PyTorch {torch[0]}.{torch[1:-1]}.{torch[-1]}"]
    software += [f"CUDA {match['cuda'][:-1]}.{match['cuda'][-1]}"] if match["cuda"] else []
    software += ["channels last"] if match["layout"] == "nhwc" else []
    software += ["torch.compile"] if match["compiled"] else []
    size, machine = int(row.number("infer_img_size")), match["machine"]
    return MachineBenchmark(
        table=row.place.rpartition("/")[2].partition(".csv")[0],
        rate=row.number("infer_samples_per_sec"),
        under={
            "hardware": _MACHINES.get(machine, machine.replace("_", "-")),
            "mode": match["mode"].upper(),
            "batch size": int(row.number("infer_batch_size")),
            "resolution": f"({size}, {size})",
            "software": ", ".join(software),
        },
        parameters=row.number("param_count"),
        gmacs=row.number("infer_gmacs") if row.line.get("infer_gmacs") else None,
    )


def _odd(row: _Row, benchmark: MachineBenchmark) -> Iterator[str]:
    """The step time, which is the batch over the throughput: no claim of its own, and looked at for that."""
    step = row.number("infer_step_time")
    expected = 1000 * Decimal(benchmark.under["batch size"]) / benchmark.rate if benchmark.rate else _WHOLE_DAY
    if abs(step - expected) > max(expected / 50, Decimal("0.01")):
        message = f"a batch of {benchmark.under['batch size']} in {step} ms is not {benchmark.rate} pictures a second"
        yield f"{row.place}: {row.name()}: {message}"
