"""Time series with classes, in the format of the UEA and UCR archive: `NAME_TEST.ts` and `NAME_TRAIN.ts` in a folder.

See https://www.timeseriesclassification.com. Of each series the dimensions stand between colons, and its class last.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from registry.files import reason
from registry.types import DatasetError
from registry.verify.datasets.tables.table import Table
from registry.vocabulary.dataset_sizes import split_name

_LARGEST = 1 << 30


def holds_series(path: Path) -> bool:
    """Whether a folder has such files."""
    return any(path.glob("*_T[ER][SA]*.ts"))


def load(path: Path, name: str, categories: Sequence[str] | None, split: str = "test") -> Table:
    """Read a split: each sample has the shape (moments, dimensions), shorter ones filled up with zeros at their end.

    Raises:
        DatasetError: The split is not there, or something in it is no such series.
    """
    part = split_name(split) or split
    files = sorted(path.glob(f"*_{part.upper()}.ts"))
    if len(files) != 1:
        listing = ", ".join(sorted(file.name for file in path.glob("*.ts")))
        raise DatasetError(f"{name} in {path} has not one file *_{part.upper()}.ts; it has {listing}")
    try:
        if files[0].stat().st_size > _LARGEST:
            raise DatasetError(f"{files[0]} is larger than {_LARGEST} bytes")
        about, rows = _parts(files[0].read_text(encoding="utf-8"))
        series = [np.array([dimension.split(",") for dimension in row[:-1]], np.float32).T for row in rows]
    except OSError as error:
        raise DatasetError(f"{files[0]} cannot be read: {reason(error)}") from error
    except ValueError as error:
        raise DatasetError(f"{files[0]} holds something else than series of numbers with a class: {error}") from error
    classes = tuple(about.get("classlabel", "").split()[1:])
    if not series or len({array.shape[1] for array in series}) > 1 or {row[-1] for row in rows} - set(classes):
        raise DatasetError(f"{files[0]} has no series, or other dimensions or classes than it says")
    names = tuple(categories) if categories is not None and set(categories) == set(classes) else classes
    labels = np.array([names.index(row[-1]) for row in rows], np.int64)
    longest = max(map(len, series))
    return Table(
        name=f"{name} ({part})",
        samples=[np.pad(array, ((0, longest - len(array)), (0, 0))).tolist() for array in series],
        answers=labels.tolist(),
        classes=names,
        labels=labels,
        about={"files": [files[0].name], "columns": {"series": "dimensions", "label": "class"}, "split": part},
        media="numbers",
    )


def _parts(text: str) -> tuple[dict[str, str], list[list[str]]]:
    """What the head says, and each line of the data cut at its colons."""
    head, _, data = text.partition("@data")
    fields = (line[1:].partition(" ") for line in head.splitlines() if line.startswith("@"))
    return {name.casefold(): value for name, _, value in fields}, [
        line.strip().split(":") for line in data.splitlines() if line.strip()
    ]
