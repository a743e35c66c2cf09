"""Datasets by the names that cards use for them, read from where the user says they are."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from registry.types import DatasetError
from registry.verify.datasets import digits, folder, known, masks
from registry.verify.datasets.base import Arrays, Dataset, Labelled, Masked, UnreadableError, align, check_classes
from registry.vocabulary.metrics import fold
from registry.vocabulary.vocabulary import Vocabulary

__all__ = [
    "Arrays",
    "Dataset",
    "Labelled",
    "Masked",
    "UnreadableError",
    "canonical",
    "check_classes",
    "find",
    "whereabouts",
]

_DIGITS = re.compile(rf"{fold(digits.NAME)}(?: \(samples (\d{{1,4}}) (\d{{1,4}})\))?")


def find(
    name: str,
    data: Mapping[str, Path],
    *,
    kind: Literal["labels", "masks"] = "labels",
    categories: Sequence[str] | None = None,
) -> Dataset:
    """The dataset that a card names.

    Args:
        name: As the card prints it.
        data: Where datasets are, by name; any spelling that the vocabulary knows will do.
        kind: Whether a class is wanted for each picture or for each pixel.
        categories: The model's own class names, in the order of its outputs.

    Raises:
        DatasetError: It is not here, or is not what it should be; the message says which option would supply it.
    """
    path = whereabouts(name, data, kind=kind)
    if path is None:
        match = _DIGITS.fullmatch(fold(name))
        numbers = match.groups() if match is not None else ()
        return align(digits.load(*(int(number) for number in numbers if number is not None)), categories)
    if not path.is_dir():
        raise DatasetError(f"{name} is not here: {path} is no folder")
    if kind == "masks":
        return masks.load(path, name, categories)
    wanted = canonical(name)
    if wanted in known.READERS and not folder.holds_pictures(path):
        return align(known.load(path, wanted), categories)
    return folder.load(path, name, categories)


def whereabouts(name: str, data: Mapping[str, Path], *, kind: Literal["labels", "masks"] = "labels") -> Path | None:
    """The folder of a dataset, which need not exist on this machine; `None` for one that needs no folder.

    Args:
        name: As the card prints it.
        data: Where datasets are, by name.
        kind: See `find`.

    Raises:
        DatasetError: Nothing says where it is.
    """
    if kind == "labels" and _DIGITS.fullmatch(fold(name)):
        return None
    wanted = canonical(name)
    path = {canonical(each): path for each, path in data.items()}.get(wanted)
    if path is None:
        raise DatasetError(f"{name} is not here; give its folder with --data {_option(wanted)}=PATH")
    return path


def canonical(name: str) -> str:
    """The one spelling of a dataset's name; folded where the vocabulary does not know it."""
    term = Vocabulary.load().dataset(name)
    return term.name if term is not None else fold(name)


def _option(name: str) -> str:
    """A dataset's name as one types it."""
    return re.sub(r"[^a-z0-9.]+", "-", name.casefold()).strip("-")
