"""The rows of a table's files, column by column, with what the files say of the columns."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from registry.types import DatasetError

_LARGEST = 4 << 30
"""Bytes of a table's files that are read into memory."""

_LONGEST_CELL = 64 << 20


@dataclass(frozen=True, kw_only=True)
class Columns:
    """A table by its columns.

    Attributes:
        values: Each column's cells; all are of one length.
        features: What the library datasets says of columns, where the files hold it: its JSON.
    """

    values: Mapping[str, Sequence[Any]]
    features: Mapping[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(next(iter(self.values.values()), ()))


def read_columns(files: Sequence[Path]) -> Columns:
    """The rows of some files, one after another.

    Raises:
        DatasetError: A file cannot be read, or has other columns than the first.
    """
    if sum(each.stat().st_size for each in files) > _LARGEST:
        raise DatasetError(f"{files[0].parent} holds more than {_LARGEST} bytes of rows, which are read into memory")
    values: dict[str, list[Any]] = {}
    features: Mapping[str, Any] = {}
    for number, file in enumerate(files):
        try:
            found, said = _READERS[file.suffix](file)
        except (OSError, ValueError, csv.Error, RecursionError) as error:
            raise DatasetError(f"{file.name} cannot be read: {str(error).splitlines()[0][:200]}") from error
        if number and found.keys() != values.keys():
            raise DatasetError(f"{file.name} has the columns {', '.join(found)}, and others have {', '.join(values)}")
        features = features or said
        for name, cells in found.items():
            values.setdefault(name, []).extend(cells)
    if not values or not next(iter(values.values())):
        raise DatasetError(f"{files[0].name} holds no row")
    return Columns(values=values, features=features or _features_beside(files[0].parent))


Read = tuple[dict[str, list[Any]], Mapping[str, Any]]


def _separated(file: Path) -> Read:
    csv.field_size_limit(_LONGEST_CELL)
    tabs = file.suffix == ".tsv"
    with file.open(encoding="utf-8-sig", newline="") as opened:
        # GLUE's own files hold quotation marks that quote nothing.
        rows = csv.DictReader(opened, delimiter="\t", quoting=csv.QUOTE_NONE) if tabs else csv.DictReader(opened)
        found: dict[str, list[Any]] = {name: [] for name in rows.fieldnames or ()}
        for row in rows:
            if None in row or None in row.values():
                raise ValueError(f"line {rows.line_num} has not as many cells as there are columns")
            for name, cell in row.items():
                found[name].append(cell)
    return {name: _numbers(cells) for name, cells in found.items()}, {}


def _numbers(cells: list[str]) -> list[Any]:
    """A column of numbers as numbers, where every cell is one."""
    for kind in (int, float):
        try:
            return [kind(cell) for cell in cells]
        except ValueError:
            continue
    return list(cells)


def _json_lines(file: Path) -> Read:
    """A row a line; a file of that name that is one JSON text is read as such."""
    lines = [line for line in file.read_text(encoding="utf-8-sig").split("\n") if line.strip()]
    try:
        rows = [json.loads(line) for line in lines]
    except ValueError:
        return _json(file)
    return (_by_column(rows), {}) if len(rows) != 1 or isinstance(rows[0], dict) else _json(file)


def _json(file: Path) -> Read:
    text = file.read_text(encoding="utf-8-sig")
    try:
        data = json.loads(text)
    except ValueError:
        return _by_column(json.loads(line) for line in text.split("\n") if line.strip()), {}
    if isinstance(data, dict) and len(data) > 0 and not all(isinstance(each, list) for each in data.values()):
        tables = [each for each in data.values() if isinstance(each, list) and each and isinstance(each[0], dict)]
        data = tables[0] if len(tables) == 1 else [data]
    if isinstance(data, dict):
        if len(data) == 1 and all(each and isinstance(each[0], dict) for each in data.values()):
            return _by_column(next(iter(data.values()))), {}
        if len({len(each) for each in data.values()}) > 1:
            raise ValueError("its columns are not of one length")
        return data, {}
    if not isinstance(data, list):
        raise ValueError("it is neither a list of rows nor a mapping of columns")
    return _by_column(data), {}


def _by_column(rows: Any) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for number, row in enumerate(rows):
        if not isinstance(row, dict):
            raise ValueError(f"its row {number} is no mapping")
        for name in row:
            found.setdefault(name, [None] * number)
        for name, cells in found.items():
            cells.append(row.get(name))
    return found


def _parquet(file: Path) -> Read:
    return _of_arrow(_pyarrow("parquet").read_table(file))


def _arrow(file: Path) -> Read:
    arrow, ipc = _pyarrow(), _pyarrow("ipc")
    with arrow.memory_map(str(file)) as source:
        try:
            table = ipc.open_stream(source).read_all()
        except arrow.ArrowInvalid:
            table = ipc.open_file(source).read_all()
        return _of_arrow(table)


def _of_arrow(table: Any) -> Read:
    said = (table.schema.metadata or {}).get(b"huggingface")
    features = json.loads(said).get("info", {}).get("features", {}) if said else {}
    return {name: table.column(name).to_pylist() for name in table.column_names}, features


def _pyarrow(part: str = "") -> Any:
    from importlib import import_module

    try:
        return import_module(f"pyarrow.{part}" if part else "pyarrow")
    except ModuleNotFoundError as error:
        raise DatasetError("parquet and arrow need pyarrow: pip install 'model-index-registry[datasets]'") from error


def _features_beside(folder: Path) -> Mapping[str, Any]:
    """What a `dataset_info.json` beside the rows, or above them, says of the columns."""
    for each in (folder, folder.parent):
        try:
            data = json.loads((each / "dataset_info.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        features = data.get("features") if isinstance(data, dict) else None
        if isinstance(features, dict):
            return features
    return {}


def class_names(feature: Any) -> tuple[str, ...]:
    """The class names of a `ClassLabel`, or of a list of them, in the order of their numbers; empty for others."""
    while isinstance(feature, list | dict):
        if isinstance(feature, list):
            feature = feature[0] if len(feature) == 1 else None
        elif feature.get("_type") == "ClassLabel":
            names = feature.get("names")
            return tuple(map(str, names)) if isinstance(names, list) else ()
        else:
            feature = feature.get("feature")
    return ()


def cells_of(cells: Sequence[Any]) -> Iterator[Any]:
    """The cells that are there."""
    return (cell for cell in cells if cell is not None)


_READERS = {
    ".csv": _separated,
    ".tsv": _separated,
    ".json": _json,
    ".jsonl": _json_lines,
    ".ndjson": _json_lines,
    ".parquet": _parquet,
    ".arrow": _arrow,
}
