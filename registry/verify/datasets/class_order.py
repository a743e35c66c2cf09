"""Which class folder each of a model's outputs means. It is known, or nothing is measured by a guess that must fail.

A card, the weights' own categories, and an index that lies beside the data say it. Where none does, the folders are
numbered in the order of their names, as torchvision, timm and Keras number them in training; that stands as `guessed`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from registry.types import DatasetError
from registry.verify.datasets.dataset import GUESSED

_SPLITS = frozenset(
    {"train", "training", "val", "valid", "validation", "test", "testing", "dev", "eval", "images", "imgs", "data"}
)
"""Folders that hold classes and are none."""

_INDEXES = (
    "classes.txt",
    "labels.txt",
    "class_names.txt",
    "synsets.txt",
    "synset.txt",
    "LOC_synset_mapping.txt",
    "class_to_idx.json",
    "class_index.json",
    "imagenet_class_index.json",
    "classes.json",
    "labels.json",
)
"""Files beside the class folders, or above them, that number the classes."""

_LARGEST = 4 << 20
_WORDNET = re.compile(r"n\d{8}")


def class_order(
    folders: Sequence[str], categories: Sequence[str] | None, name: str, root: Path, path: Path
) -> tuple[tuple[str, ...], str]:
    """The folder that each output means, and how that was found.

    Args:
        folders: The class folders.
        categories: What the card or the weights call the outputs, in their order.
        name: The dataset's name.
        root: The folder that holds the class folders.
        path: The folder that the user named.

    Raises:
        DatasetError: It cannot be told, or the folders are no classes.
    """
    if {folder.casefold() for folder in folders} <= _SPLITS:
        raise DatasetError(
            f"{name} in {root} holds {_some(folders)}, which are no classes: give the folder that holds the class "
            "folders"
        )
    for order, how in ((categories, "categories"), (_index(root, path), "index")):
        classes = matched(folders, order)
        if classes is not None:
            return classes, how
    outputs = len(folders) if categories is None else len(categories)
    if outputs == len(imagenet_synsets()) and all(_WORDNET.fullmatch(folder) for folder in folders):
        strangers = set(folders) - set(imagenet_synsets())
        if strangers:
            raise DatasetError(
                f"{name} in {root} has the class folder {min(strangers)}, which is not one of ImageNet's"
            )
        return imagenet_synsets(), "synsets"
    if categories is not None:
        examples = "numbers" if all(folder.strip().isdigit() for folder in folders) else _some(folders)
        raise DatasetError(
            f"{name} in {root} has {len(folders)} class folders ({examples}) and the model knows {len(categories)} "
            f"categories by other names ({_some(categories)}), so that nobody can tell which is which: put "
            "a classes.txt beside them that lists the folders in the order of the outputs, or name them in the card's "
            "Classes"
        )
    return tuple(folders), GUESSED


@cache
def imagenet_synsets() -> tuple[str, ...]:
    """The WordNet ids of ImageNet-1k's 1000 classes, sorted: the order in which classifiers number them."""
    return tuple(Path(__file__).with_name("imagenet.txt").read_text(encoding="ascii").split())


def matched(names: Sequence[str], order: Sequence[str] | None) -> tuple[str, ...] | None:
    """Class names in the order of another list, spelled as in the first where they are in it.

    Args:
        names: What the data calls its classes.
        order: What the model, the card or an index calls them, which may be more.

    Returns:
        `None` where one of the names is none of that list, whatever its case and marks.

    >>> matched(["neg", "Very-Good"], ["NEG", "neutral", "very good"])
    ('neg', 'neutral', 'Very-Good')
    """
    if order is None or len(set(order)) < len(order) or len(set(names)) < len(names):
        return None
    if set(names) <= set(order):
        return tuple(order)
    folded = {_fold(name): name for name in names}
    keys = [_fold(label) for label in order]
    if len(folded) == len(names) and len(set(keys)) == len(keys) and set(folded) <= set(keys):
        return tuple(folded.get(key, label) for key, label in zip(keys, order, strict=True))
    return None


def _index(root: Path, path: Path) -> tuple[str, ...] | None:
    """The folders in the order that the data set's own index gives them."""
    above = (root.parent,) if root.name.casefold() in _SPLITS else ()
    for folder in dict.fromkeys((root, path, *above)):
        for name in _INDEXES:
            file = folder / name
            try:
                if not file.is_file() or file.stat().st_size > _LARGEST:
                    continue
                text = file.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError):
                continue
            classes = (
                _from_json(text) if name.endswith(".json") else _from_lines(text, first=name.startswith(("LOC", "syn")))
            )
            if classes:
                return classes
    return None


def _from_lines(text: str, *, first: bool) -> tuple[str, ...]:
    """One class a line, by its first word alone where words explain it, perhaps after its number."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if lines and all(re.match(rf"{at}[\s,:]+\S", line) for at, line in enumerate(lines)):
        lines = [re.sub(r"^\d+[\s,:]+", "", line) for line in lines]
    return tuple(line.split()[0] if first or _WORDNET.match(line) else line for line in lines)


def _from_json(text: str) -> tuple[str, ...]:
    """A list, a name's number by name, or a name by number, as `{"0": ["n01440764", "tench"]}`."""
    try:
        data: Any = json.loads(text)
    except (ValueError, RecursionError):
        return ()
    if isinstance(data, list):
        return tuple(map(str, data)) if all(isinstance(entry, str) for entry in data) else ()
    if not isinstance(data, Mapping) or not data:
        return ()
    if all(isinstance(value, int) and not isinstance(value, bool) for value in data.values()):
        pairs = {number: str(name) for name, number in data.items()}
    elif all(str(number).isdigit() for number in data):
        names = {
            int(number): value[0] if isinstance(value, list) and value else value for number, value in data.items()
        }
        pairs = {number: str(name) for number, name in names.items()}
    else:
        return ()
    return tuple(pairs[at] for at in range(len(pairs))) if set(pairs) == set(range(len(pairs))) else ()


def _fold(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name.casefold()).strip()


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(f"'{name}'" for name in names[:3]) + more
