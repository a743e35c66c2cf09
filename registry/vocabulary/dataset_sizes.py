"""How large well-known data sets are: what a data set must be to bear its name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from registry.lazy_regex import lazy_regex
from registry.types import DatasetRef
from registry.vocabulary.metrics import fold
from registry.vocabulary.toml_files import own_table
from registry.vocabulary.vocabulary import Vocabulary

_SPLITS = {
    "val": "val",
    "valid": "val",
    "validation": "val",
    "val2017": "val",
    "minival": "val",
    "dev": "dev",
    "test": "test",
    "testing": "test",
    "train": "train",
    "training": "train",
    "train2017": "train",
    "trainval": "trainval",
    "extra": "extra",
}
"""What splits are called, by the one name that they have here."""

_NAMED = lazy_regex(
    r"(?P<base>.+?)(?<![\s(\[,/_-])[\s(\[,/_-]+(?P<split>[a-z0-9]+)(?:[\s_-]+(?:set|split))?[)\]]?", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownSize:
    """What is published of a data set.

    Attributes:
        tested: The split that is meant where none is named.
        splits: How many samples each split has; several numbers for several tasks.
        source: Where that is published.
        checked: Where it was read a second time, from somebody else's count.
        classes: How many classes it tells apart, zero where that depends on the task.
        lost: Part of the samples that copies may lack.
        contents: Digests of the samples of published copies; empty where none is known.
    """

    name: str
    tested: str
    splits: Mapping[str, tuple[int, ...]]
    source: str = ""
    checked: str = ""
    classes: int = 0
    lost: float = 0.0
    contents: tuple[str, ...] = ()

    def sizes(self, split: str) -> tuple[int, ...]:
        """How many samples a split may have; empty where it is not known."""
        return self.splits.get(split) or self.splits.get(split_name(split) or "", ())

    def is_whole(self, split: str, samples: int, classes: int | None) -> bool:
        """Whether so many samples of so many classes are a whole split."""
        enough = any((1 - self.lost) * size <= samples <= size for size in self.sizes(split))
        return enough and (classes is None or not self.classes or classes == self.classes)


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedSplit:
    """A data set as a card names it, told apart into its name and split.

    Attributes:
        known: What is published of it, `None` where nothing is known.
        split: The split, as the card names it, else the one that is meant.
    """

    known: KnownSize | None = None
    split: str = ""


def named_split(name: str, *, config: str | None = None, split: str | None = None) -> NamedSplit:
    """What is known of a data set that a card names.

    Args:
        name: As the card prints it, perhaps with the split in it: `COCO val2017`, `MNIST (test)`.
        config: Which of its parts, where it has several.
        split: As the card prints it.

    >>> found = named_split("ImageNet (validation)")
    >>> found.known.name, found.split, found.known.sizes(found.split)
    ('ImageNet', 'val', (50000,))
    >>> named_split("My pictures").known is None
    True
    """
    for base, in_name in _readings(name):
        for key in (f"{base}/{config}" if config else "", base):
            size = _sizes().get(fold(key)) if key else None
            if size is not None:
                label = split or in_name
                return NamedSplit(known=size, split=(split_name(label) or label) if label else size.tested)
    return NamedSplit(split=split or "")


def published_split(dataset: DatasetRef) -> NamedSplit:
    """What is known of a data set, by its name or by its id on the Hub."""
    names = (dataset.name, dataset.type or "", (dataset.type or "").rpartition("/")[2])
    splits = [named_split(name, config=dataset.config, split=dataset.split) for name in names if name]
    return next((split for split in splits if split.known is not None), splits[0] if splits else NamedSplit())


def known_sizes() -> list[KnownSize]:
    """Everything that is known, in the order of the file."""
    return list(_sizes().values())


def split_name(name: str) -> str | None:
    """The usual name of a split, `None` where it is none of the usual ones."""
    return _SPLITS.get(name.strip().casefold())


def _readings(name: str) -> list[tuple[str, str]]:
    """A name as it stands, and without the split at its end."""
    readings = [(_canonical(name), "")]
    match = _NAMED.fullmatch(name.strip())
    if match is not None and match["split"].casefold() in _SPLITS:
        readings.append((_canonical(match["base"]), match["split"]))
    return readings


def _canonical(name: str) -> str:
    term = Vocabulary.load().dataset(name)
    return name if term is None else term.name


@cache
def _sizes() -> Mapping[str, KnownSize]:
    table = own_table(Path(__file__).with_name("sizes.toml"))
    return {fold(name): _entry(name, entry) for name, entry in table.items()}


def _entry(name: str, entry: Mapping[str, Any]) -> KnownSize:
    return KnownSize(
        name=name,
        tested=entry["tested"],
        splits={split: tuple(size) if isinstance(size, list) else (size,) for split, size in entry["splits"].items()},
        source=entry["source"],
        checked=entry["checked"],
        classes=entry.get("classes", 0),
        lost=entry.get("lost", 0.0),
        contents=tuple(entry.get("contents", ())),
    )
