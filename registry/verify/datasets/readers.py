"""Who reads a dataset: by its name, or by what it must hold and how its folder is laid out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from registry.types import DatasetError
from registry.verify.datasets.dataset import Dataset
from registry.verify.plugins import PluginError, first_line, installed, load
from registry.vocabulary.metrics import fold

Load = Callable[[Path | None, str, Sequence[str] | None], Dataset]
"""From a folder, the name on the card, and the model's own class names in the order of its outputs, to the dataset."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reader:
    """Reads one dataset, or one layout of folders.

    Attributes:
        answers: What it holds for each sample, in the word that tasks use: `labels`, `masks`.
        load: Lists the samples. What it gives goes to worker processes, so that it pickles and holds no open file.
        folder: Whether the user says with `--data` where it is; else `load` is given `None`.
    """

    answers: str
    load: Load
    folder: bool = True


def plugged_in(name: str, answers: str) -> Reader | None:
    """The reader of a plug-in: an entry point of the group `mir.datasets`, called as cards call the dataset.

    Raises:
        DatasetError: It cannot be imported, or holds something else.
    """
    entry = _entries().get(fold(name))
    if entry is None:
        return None
    try:
        reader = load("mir.datasets", entry)
    except PluginError as error:
        raise DatasetError(error.message) from error
    if not isinstance(reader, Reader):
        raise DatasetError(f"the plug-in '{entry}' is no registry.verify.datasets.Reader")
    if reader.answers != answers:
        raise DatasetError(f"{name} holds {reader.answers} for its samples, and {answers} are needed")
    return reader


def guarded(reader: Reader, path: Path | None, name: str, categories: Sequence[str] | None) -> Dataset:
    """What a plug-in's reader loads.

    Raises:
        DatasetError: It cannot.
    """
    try:
        return reader.load(path, name, categories)
    except DatasetError:
        raise
    except Exception as error:
        raise DatasetError(f"{name} cannot be read: {first_line(error)}") from error


def _entries() -> Mapping[str, str]:
    return {fold(name): name for name in installed("mir.datasets")}
