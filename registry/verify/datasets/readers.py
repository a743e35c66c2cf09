"""Who reads a dataset: by its name, or by what it must hold and how its folder is laid out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from registry.types import DatasetError
from registry.verify.datasets.dataset import Dataset
from registry.verify.plugins import PluginError, installed, load
from registry.vocabulary.metrics import fold
from registry.vocabulary.vocabulary import Vocabulary

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


def canonical(name: str) -> str:
    """The one spelling of a dataset's name; folded where the vocabulary does not know it."""
    term = Vocabulary.load().dataset(name)
    return term.name if term is not None else fold(name)


def plugin_of(name: str) -> str | None:
    """The entry point of the package that reads a dataset; `None` for those that are read here."""
    return next((entry for entry in installed("mir.datasets") if canonical(entry) == canonical(name)), None)


def plugged_in(name: str, answers: str) -> Reader | None:
    """The reader of a plug-in: an entry point of the group `mir.datasets`, called as cards call the dataset.

    Raises:
        DatasetError: It cannot be imported, or holds something else.
    """
    entry = plugin_of(name)
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
