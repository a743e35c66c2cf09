"""The rows of a table's files, column by column, with what the files say of the columns."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from registry.types import DatasetError
from registry.vocabulary.dataset_sizes import split_name

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

    def without(self, names: Collection[str]) -> Columns:
        """The other columns."""
        return replace(self, values={name: cells for name, cells in self.values.items() if name not in names})


def read_columns(files: Sequence[Path]) -> Columns:
    """The rows of some files, one after another.

    Raises:
        DatasetError: A file cannot be read, or has other columns than the first.
    """
    if sum(file.stat().st_size for file in files) > _LARGEST:
        raise DatasetError(f"{files[0].parent} holds more than {_LARGEST} bytes of rows, which are read into memory")
    values: dict[str, list[Any]] = {}
    features: Mapping[str, Any] = {}
    for number, file in enumerate(files):
        try:
            columns, schema = _READERS[file.suffix](file)
        except (OSError, ValueError, csv.Error, RecursionError) as error:
            raise DatasetError(f"{file.name} cannot be read: {str(error).splitlines()[0][:200]}") from error
        if number and columns.keys() != values.keys():
            raise DatasetError(f"{file.name} has the columns {', '.join(columns)}, and others have {', '.join(values)}")
        features = features or schema
        for name, cells in columns.items():
            values.setdefault(name, []).extend(cells)
    if not values or not next(iter(values.values())):
        raise DatasetError(f"{files[0].name} holds no row")
    return Columns(values=values, features=features or _features_beside(files[0].parent))


Read = tuple[dict[str, list[Any]], Mapping[str, Any]]


def _separated(file: Path) -> Read:
    csv.field_size_limit(_LONGEST_CELL)
    with file.open(encoding="utf-8-sig", newline="") as opened:
        head = opened.readline()
        opened.seek(0)
        if file.suffix == ".tsv":  # GLUE's own files hold quotation marks that quote nothing
            rows = csv.DictReader(opened, delimiter="\t", quoting=csv.QUOTE_NONE)
        else:
            rows = csv.DictReader(opened, delimiter=";" if ";" in head and "," not in head else ",")
        columns: dict[str, list[Any]] = {name: [] for name in rows.fieldnames or ()}
        for row in rows:
            if None in row or None in row.values():
                raise ValueError(f"line {rows.line_num} has not as many cells as there are columns")
            for name, cell in row.items():
                columns[name].append(cell)
    return {name: _numbers(cells) for name, cells in columns.items()}, {}


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
    if isinstance(data, dict) and len(data) > 0 and not all(isinstance(cells, list) for cells in data.values()):
        tables = [value for value in data.values() if isinstance(value, list) and value and isinstance(value[0], dict)]
        data = tables[0] if len(tables) == 1 else [data]
    if isinstance(data, dict):
        if len(data) == 1 and all(cells and isinstance(cells[0], dict) for cells in data.values()):
            return _by_column(next(iter(data.values()))), {}
        if len({len(cells) for cells in data.values()}) > 1:
            raise ValueError("its columns have different lengths")
        return data, {}
    if not isinstance(data, list):
        raise ValueError("it is neither a list of rows nor a mapping of columns")
    return _by_column(data), {}


def _by_column(rows: Any) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {}
    for number, row in enumerate(rows):
        if not isinstance(row, dict):
            raise ValueError(f"its row {number} is no mapping")
        for name in row:
            columns.setdefault(name, [None] * number)
        for name, cells in columns.items():
            cells.append(row.get(name))
    return columns


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
    metadata = (table.schema.metadata or {}).get(b"huggingface")
    features = json.loads(metadata).get("info", {}).get("features", {}) if metadata else {}
    return {name: table.column(name).to_pylist() for name in table.column_names}, features


def _pyarrow(part: str = "") -> Any:
    from importlib import import_module

    try:
        return import_module(f"pyarrow.{part}" if part else "pyarrow")
    except ModuleNotFoundError as error:
        raise DatasetError("parquet and arrow need pyarrow: pip install 'model-index-registry[datasets]'") from error


def _features_beside(folder: Path) -> Mapping[str, Any]:
    """What a `dataset_info.json` beside the rows, or above them, says of the columns."""
    for place in (folder, folder.parent):
        try:
            data = json.loads((place / "dataset_info.json").read_text(encoding="utf-8"))
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


_READERS = {
    ".csv": _separated,
    ".tsv": _separated,
    ".json": _json,
    ".jsonl": _json_lines,
    ".ndjson": _json_lines,
    ".parquet": _parquet,
    ".arrow": _arrow,
}


SUFFIXES = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".parquet", ".arrow")
_ABOUT = {"dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json", "config.json"}
"""Files of a data set's folder that say something of it and hold no rows."""

_DEEPEST = 4
_USUAL = ("test", "val", "dev", "train")
"""The split that is taken where nobody names one, in this order: training data is tested on only where it is alone."""


def table_files(path: Path, *, config: str | None = None, split: str = "") -> tuple[list[Path], str]:
    """The files of a split in their order, and the split's name as the folder has it.

    Args:
        path: A file, or a folder as the Hub, `save_to_disk` or a person lays it out: `validation.csv`,
            `data/validation-00000-of-00001.parquet`, `sst2/validation/data-00000-of-00001.arrow`.
        config: The part of the data set that is meant, which may have a folder of its own.
        split: As a card says it, or the one that is usually tested on; empty where nobody knows.

    Raises:
        DatasetError: There is no such split.
    """
    if path.is_file():
        return [path], split
    folder = path
    if config and (path / config).is_dir() and Path(config).name == config:
        folder = path / config
    tables = list(_files(folder, 0))
    if not tables:
        raise DatasetError(f"{folder} holds no table: {', '.join(SUFFIXES)}")
    if config and folder == path:
        tables = [table for table in tables if config in table.relative_to(folder).parts] or tables
    groups: dict[str, list[Path]] = {}
    for table in tables:
        groups.setdefault(_split_of(table.relative_to(folder), split), []).append(table)
    choice = _choose(groups, split)
    if choice is None:
        has = ", ".join(sorted(filter(None, groups))) or "several files whose names say no split"
        raise DatasetError(f"{folder} has {has} and not {split or 'test'}")
    files = groups[choice]
    kinds = {file.suffix for file in files}
    if len(kinds) > 1:
        raise DatasetError(f"{folder} holds one split in several formats ({', '.join(sorted(kinds))}); leave one")
    return files, choice


def _files(folder: Path, depth: int) -> Iterator[Path]:
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise DatasetError(f"{folder} cannot be read: {error.strerror or error}") from error
    for entry in entries:
        if entry.name.startswith((".", "cache-", "indices-")):
            continue
        if entry.is_dir() and depth < _DEEPEST:
            yield from _files(entry, depth + 1)
        elif entry.suffix in SUFFIXES and entry.name not in _ABOUT:
            yield entry


def _split_of(path: Path, split: str) -> str:
    """The split that a file's name or folder says: the one that is asked for, in so many words, else a usual one."""
    for part in (path.stem, *reversed(path.parts[:-1])):
        if split and re.fullmatch(rf"(?:.*[^a-z0-9])?{re.escape(split.casefold())}(?:[^a-z_].*)?", part.casefold()):
            return split
    for part in (path.stem, *reversed(path.parts[:-1])):
        words: list[str] = re.findall(r"[a-z0-9_]+", part.casefold())
        for word in words:
            if split_name(word) is not None:
                return word
            if split_name(word.partition("_")[0]) is not None:
                return word  # `validation_matched` is another one than `validation_mismatched`
            last = word.rpartition("_")[2]
            if split_name(last) is not None:
                return last
    return ""


def _choose(groups: dict[str, list[Path]], split: str) -> str | None:
    if split in groups:
        return split
    meant = split_name(split) if split else None
    if split and meant is not None:
        same = [key for key in groups if split_name(key) == meant]
        if len(same) == 1:
            return same[0]
    if len(groups) == 1 and ("" in groups and (len(groups[""]) == 1 or _sharded(groups[""]))):
        return ""
    if not split:
        for usual in _USUAL:
            same = [key for key in groups if split_name(key) == usual]
            if len(same) == 1:
                return same[0]
    return None


def _sharded(files: Sequence[Path]) -> bool:
    """Whether files are the pieces of one table, numbered as the library numbers them."""
    return len({re.sub(r"-\d{5}-of-\d{5}", "", str(file)) for file in files}) == 1
