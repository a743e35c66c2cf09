"""Datasets by the names that cards use for them, read from where the user says they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

from registry.types import DatasetError, DatasetRef
from registry.verify.datasets import (
    canvases,
    class_folders,
    clips,
    coco_folders,
    digits,
    flows,
    known,
    masks,
    series,
    speeches,
    tables,
)
from registry.verify.datasets.dataset import Arrays, Dataset, Labelled, Masked, UnreadableError, align, check_classes
from registry.verify.datasets.readers import Reader, canonical, plugged_in, plugin_of
from registry.verify.datasets.sources import source
from registry.verify.plugins import first_line, installed
from registry.vocabulary.dataset_sizes import named_split, split_name
from registry.vocabulary.metrics import fold

__all__ = [
    "Arrays",
    "Dataset",
    "Labelled",
    "Masked",
    "Reader",
    "UnreadableError",
    "canonical",
    "check_classes",
    "find",
    "name_of",
    "plugin_of",
    "whereabouts",
]

_HUB_ID = re.compile(r"(?:[\w-][\w.-]*/)?[\w-][\w.-]*")
"""An id of the Hub: a few old data sets have no owner."""

_LOADERS = frozenset({"audiofolder", "csv", "custom", "generator", "imagefolder", "json", "pandas", "parquet", "text"})
"""What training scripts write as the type of data of one's own."""

_SPEECHES = re.compile(rf"{fold(speeches.NAME)}(?: \((train|test)\))?")
_DIGITS = re.compile(rf"{fold(digits.NAME)}(?: \(samples (\d{{1,4}}) (\d{{1,4}})\))?")


def find(
    name: str,
    data: Mapping[str, Path],
    *,
    answers: str = "labels",
    categories: Sequence[str] | None = None,
    split: str | None = None,
    config: str | None = None,
) -> Dataset:
    """The dataset that a card names.

    Args:
        name: As the card prints it.
        data: Where datasets are, by name; any spelling that the vocabulary knows will do.
        answers: What it must hold for each sample, as tasks say it: `labels`, `masks`, ...
        categories: The model's own class names, in the order of its outputs.
        split: The split that the card names, if any.
        config: The part of the dataset that the card names, if any.

    Raises:
        DatasetError: It is not here, or is not what it should be; the message says which option would supply it.
    """
    path = whereabouts(name, data, answers=answers)
    meant = split or named_split(name).split
    reader = _reader(name, answers, meant, config or "")
    if path is not None and plugged_in(name, answers) is None and _in_tables(path, answers):
        if not path.exists():
            raise DatasetError(f"{name} is not here: there is no {path}")
        reader = Reader(answers=answers, load=partial(tables.load, answers=answers, config=config, split=split))
    elif path is not None:
        if not path.is_dir():
            unpack = ": unpack it and give the folder" if path.is_file() else ""
            raise DatasetError(f"{name} is not here: {path} is no folder{unpack}")
        path = _of_split(path, name, meant)
    try:
        dataset = reader.load(path, name, categories)
    except DatasetError:
        raise
    except Exception as error:  # a plug-in's code raises anything
        raise DatasetError(f"{name} cannot be read: {first_line(error)}") from error
    return align(dataset, categories) if isinstance(dataset, Arrays) else dataset


def _in_tables(path: Path, answers: str) -> bool:
    """Whether samples are the rows of a table; pictures with classes may also lie in folders."""
    if answers != "labels":
        return answers in tables.READERS
    return (
        path.exists() and tables.holds_tables(path) and not (path.is_dir() and class_folders.holds_class_folders(path))
    )


def _of_split(path: Path, name: str, split: str) -> Path:
    """The folder of a split, where a folder has one for each of some splits.

    Raises:
        DatasetError: It has others, and not that one.
    """
    folders = sorted(entry for entry in path.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    by_split = {part: folder for folder in folders if (part := split_name(folder.name)) is not None}
    key = split_name(split)
    # A class may be called as a split is: that of trains, for one.
    if key is None or not by_split or len(by_split) < len(folders) or key in by_split:
        return path if len(by_split) < len(folders) else by_split.get(key or "", path)
    if {key, *by_split} <= {"val", "test", "dev"}:
        return path  # the one split that is there to test on, under whichever of its names
    raise DatasetError(f"{name} in {path} has {', '.join(sorted(by_split))} and not {split}, which the card names")


def whereabouts(name: str, data: Mapping[str, Path], *, answers: str = "labels", hub: str | None = None) -> Path | None:
    """The folder of a dataset, which need not exist on this machine; `None` for one that needs no folder.

    Raises:
        DatasetError: Nothing says where it is.
    """
    key = canonical(name)
    if not key:
        raise DatasetError("the card does not say which data set it was measured on")
    origin = source(name)
    if origin is not None and origin.unpublished and re.search(r"\btest", fold(name)):
        raise DatasetError(f"the {origin.unpublished} of {name} are not published: only the benchmark measures it")
    paths = {canonical(spelling): path for spelling, path in data.items()}
    path = paths.get(key, paths.get(canonical(origin.option)) if origin is not None else None)
    if not _reader(name, answers).folder:
        return None
    if path is None:
        option, hint = (_option(key), "") if origin is None else (origin.option, f" ({origin.what})")
        if hub and answers in tables.READERS and hub not in _LOADERS and _HUB_ID.fullmatch(hub):
            hint += f", or fetch {hub} from the Hub with --fetch-data"
        raise DatasetError(
            f"{name} is not here; give its folder with --data {option}=PATH{hint}",
            reader=f"not measured here: {name} is not on this machine",
            needs=f"--data {option}=PATH{hint}",
        )
    return path


def name_of(reference: DatasetRef, data: Mapping[str, Path]) -> str:
    """The name to find a dataset by: the one of the card's, with its configuration or without, that is known here.

    Args:
        reference: As the card names it.
        data: Where datasets are, by name; those of plug-ins are known too.
    """
    here = {canonical(spelling) for spelling in (*data, *installed("mir.datasets"))}
    entry = named_split(reference.name).known
    if source(reference.name) is not None:
        entry = None  # found by any of its names, which say the split, the pass or the labels that are meant
    plain = [
        reference.name,
        reference.type,
        (reference.type or "").rpartition("/")[2],
        None if entry is None else entry.name,
    ]
    names = [*(f"{spelling}/{reference.config}" for spelling in plain if spelling and reference.config), *plain]
    return next((spelling for spelling in names if spelling and canonical(spelling) in here), reference.name)


def _reader(name: str, answers: str, split: str = "", config: str = "") -> Reader:
    """Who reads a dataset: a plug-in of its name, else what knows it or its layout."""
    reader = plugged_in(name, answers)
    if reader is not None:
        return reader
    bundled = _bundled(name, answers)
    if bundled is not None:
        return Reader(answers=answers, load=lambda *_: bundled(), folder=False)
    if answers in LAYOUTS:
        layout, usual = LAYOUTS[answers]
        part = f"{split} {config}" if answers == "flows" else split or usual
        return Reader(answers=answers, load=partial(layout, split=part))
    if answers in tables.READERS:
        return Reader(answers=answers, load=partial(tables.load, answers=answers))
    raise DatasetError(f"no reader of data sets gives {answers} for the samples of {name}")


def _bundled(name: str, answers: str) -> Callable[[], Dataset] | None:
    """What loads a dataset that comes with a package, so that it lies in no folder of its own."""
    folded = fold(name)
    if answers == "labels" and (match := _DIGITS.fullmatch(folded)):
        return partial(digits.load, *(int(number) for number in match.groups() if number is not None))
    if answers == "labelled texts" and (match := _SPEECHES.fullmatch(folded)):
        return partial(speeches.load, "train" if match[1] == "train" else "test")
    return canvases.load if answers == "objects" and folded == fold(canvases.NAME) else None


def _labelled(path: Path, name: str, categories: Sequence[str] | None, split: str) -> Dataset:
    term = canonical(name)
    term = next(
        (candidate for candidate in (term, getattr(named_split(name).known, "name", "")) if candidate in known.READERS),
        "",
    )
    if series.holds_series(path):
        return series.load(path, name, categories, split or "test")
    if term and not class_folders.holds_class_folders(path):
        return known.load(path, term, split or "test")
    return class_folders.load(path, name, categories, split)


def _masked(path: Path, name: str, categories: Sequence[str] | None, split: str) -> Dataset:
    if re.search(r"\bcoco\b.*\bvoc\b", fold(name)):
        return coco_folders.load_as_voc(path, name, split)
    return masks.load(path, name, categories, split)


class Layout(Protocol):
    """From a folder, the card's name, the model's class names, and the split that is meant, to the dataset."""

    def __call__(self, path: Path, name: str, categories: Sequence[str] | None, split: str) -> Dataset: ...


LAYOUTS: Mapping[str, tuple[Layout, str]] = {
    "labels": (_labelled, ""),
    "masks": (_masked, "val"),
    "objects": (coco_folders.load, "val"),
    "flows": (flows.load, ""),
    "labelled clips": (clips.load, "val"),
}
"""How folders are read, by what they must hold for each sample, and the split that is usually meant: a line each."""


def _option(name: str) -> str:
    """A dataset's name as one types it."""
    return re.sub(r"[^a-z0-9.]+", "-", name.casefold()).strip("-")
