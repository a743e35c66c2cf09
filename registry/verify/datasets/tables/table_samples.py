"""From a folder or a file to the samples and answers that a task needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from registry.download.hub_data import origin
from registry.types import DatasetError
from registry.verify.datasets.dataset import GUESSED
from registry.verify.datasets.tables import answered
from registry.verify.datasets.tables.rows import Columns, read_columns
from registry.verify.datasets.tables.split_files import SUFFIXES, table_files
from registry.verify.datasets.tables.table import Table
from registry.vocabulary.dataset_sizes import named_split

READERS: Mapping[str, Callable[[Columns, Sequence[str] | None], answered.Found]] = {
    "labelled texts": answered.labelled_texts,
    "scored texts": answered.scored_texts,
    "tagged words": answered.tagged_words,
    "answered questions": answered.answered_questions,
    "texts": answered.texts,
    "translated texts": answered.translated_texts,
    "summarised texts": answered.summarised_texts,
    "transcribed sounds": answered.transcribed_sounds,
    "labels": answered.labelled_pictures,
    "numbers": answered.targets,
}
"""How rows are read, by what they must hold, in the words of `Task.answers`."""


def holds_tables(path: Path) -> bool:
    """Whether a path is a table's file, or a folder with one at its top or one below."""
    if path.is_file():
        return path.suffix in SUFFIXES
    return any(each.suffix in SUFFIXES for pattern in ("*", "*/*") for each in path.glob(pattern))


def load(
    path: Path,
    name: str,
    categories: Sequence[str] | None,
    *,
    answers: str,
    config: str | None = None,
    split: str | None = None,
) -> Table:
    """Read a table.

    Args:
        path: Its file or folder.
        name: The data set as the card names it.
        categories: The model's own class names, in the order of its outputs.
        answers: What each row must hold.
        config: The part of the data set that the card names.
        split: The split that the card names.

    Raises:
        DatasetError: It cannot be read, lacks the split, or has no such columns.
    """
    wanted = split or named_split(name, config=config).split
    files, said = table_files(path, config=config, split=wanted)
    found = READERS[answers](read_columns(files), categories)
    if not found.samples:
        raise DatasetError(f"{name} in {path} holds no sample")
    root = path if path.is_dir() else path.parent
    about: dict[str, Any] = {
        "files": [str(each.relative_to(root)) for each in files[:20]],
        "columns": dict(found.columns),
        **({"split": said} if said else {}),
        **({"config": config} if config else {}),
        **origin(root),
        **found.about,
    }
    return Table(
        name=f"{name} ({said})" if said and said.casefold() not in name.casefold() else name,
        samples=found.samples,
        answers=found.answers,
        classes=found.classes,
        labels=found.labels,
        about=about,
        class_order=GUESSED if found.guessed else "",
        folder=str(files[0].parent) if found.media else "",
        media=found.media,
    )
