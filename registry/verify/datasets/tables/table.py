"""A table of samples and right answers, in memory."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from registry.download.hub_data import origin
from registry.types import DatasetError
from registry.verify.datasets.dataset import GUESSED, UnreadableError
from registry.verify.datasets.tables import answered
from registry.verify.datasets.tables.languages import TRANSLATED
from registry.verify.datasets.tables.rows import SUFFIXES, Columns, read_columns, table_files
from registry.vocabulary.dataset_sizes import named_split

if TYPE_CHECKING:
    from registry.evidence.digest_cache import Remembered


@dataclass(frozen=True, kw_only=True)
class Table:
    """A data set whose samples are rows.

    Attributes:
        samples: What a model's input is made of: a text, two of them, a list of words, the bytes of a picture.
        answers: The right answer to each, as plain data.
        labels: The class of each sample, shape (n,), where the answers are classes.
        about: Where the rows and their columns come from, for the evidence.
        class_order: How the order of the classes was found, where that was not said; see `datasets.dataset.GUESSED`.
        folder: Where files lie that cells name; empty where cells hold what they mean.
        media: What samples are, where they are no texts: `image` or `audio` for files or their bytes, `numbers`.
    """

    name: str
    samples: Sequence[Any]
    answers: Sequence[Any]
    classes: tuple[str, ...] = ()
    labels: npt.NDArray[np.int64] | None = None
    about: Mapping[str, Any] = field(default_factory=dict)
    class_order: str = ""
    folder: str = ""
    media: str = ""

    @property
    def names(self) -> Sequence[str]:
        """The rows' numbers."""
        return [str(number) for number in range(len(self.samples))]

    @property
    def lengths(self) -> Sequence[int]:
        """How long each sample is, so that those of like length go into one batch; zeros for pictures and sounds."""
        return [0] * len(self.samples) if self.media else [_length(sample) for sample in self.samples]

    def sample(self, index: int) -> Any:
        """See `Dataset`: pictures as Pillow's, sounds as encoded bytes, numbers as an array, all else as it stands."""
        if not self.media:
            return self.samples[index]
        if self.media == "numbers":
            return np.asarray(self.samples[index], np.float32)
        data = self._bytes(self.samples[index])
        if self.media == "audio":
            return data
        from PIL import Image

        try:
            with Image.open(io.BytesIO(data)) as opened:
                return opened.convert("RGB") if opened.mode not in ("L", "RGB") else opened.copy()
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            raise UnreadableError(f"it is no picture that Pillow reads: {str(error)[:80]}") from error

    def sample_digests(self, remembered: Remembered) -> Iterator[str]:
        """Digest of each sample without its answer."""
        from registry.evidence import digests

        for sample in self.samples:
            yield digests.of_bytes(self._bytes(sample) if self.media in ("image", "audio") else _as_bytes(sample))

    def fingerprint(self, remembered: Remembered) -> str:
        """See `Dataset`: of the rows' contents, so that a table is the same whichever format it is kept in."""
        from registry.evidence import digests

        try:
            rows = zip(self.sample_digests(remembered), self.answers, strict=True)
            content = "\n".join(f"{sample} {json.dumps(answer, sort_keys=True)}" for sample, answer in rows)
        except UnreadableError as error:
            raise DatasetError(f"{self.name} cannot be read: {error}") from error
        return digests.of_bytes(f"{','.join(self.classes)}\0{content}".encode("utf-8", "backslashreplace"))

    def _bytes(self, cell: Any) -> bytes:
        """The contents of a file that a cell holds or names."""
        if isinstance(cell, Mapping):
            data = cell.get("bytes")
            if isinstance(data, bytes):
                return data
            cell = cell.get("path")
        if isinstance(cell, bytes):
            return cell
        base = Path(self.folder).resolve()
        path = (base / str(cell)).resolve()
        if not isinstance(cell, str) or not path.is_relative_to(base):
            raise UnreadableError("its row names no file of the data set's folder")
        try:
            return path.read_bytes()
        except OSError as error:
            raise UnreadableError(f"{cell} cannot be read: {error.strerror or error}") from error


def _as_bytes(sample: Any) -> bytes:
    return json.dumps(sample, ensure_ascii=False, sort_keys=True).encode("utf-8", "backslashreplace")


def _length(sample: Any) -> int:
    if isinstance(sample, str):
        return len(sample)
    if isinstance(sample, Mapping):
        return sum(map(_length, sample.values()))
    return sum(map(_length, sample)) + len(sample) if isinstance(sample, list | tuple) else 0


READERS: Mapping[str, Callable[[Columns, Sequence[str] | None], answered.Found]] = {
    "labelled texts": answered.labelled_texts,
    "scored texts": answered.scored_texts,
    "tagged words": answered.tagged_words,
    "answered questions": answered.answered_questions,
    "texts": answered.texts,
    TRANSLATED: answered.translated_texts,
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
    return any(file.suffix in SUFFIXES for pattern in ("*", "*/*") for file in path.glob(pattern))


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
        categories: The model's own class names, in the order of its outputs; of a model that translates, its name.
        answers: What each row must hold.
        config: The part of the data set that the card names.
        split: The split that the card names.

    Raises:
        DatasetError: It cannot be read, lacks the split, or has no such columns.
    """
    choice = split or named_split(name, config=config).split
    files, part = table_files(path, config=config, split=choice)
    if answers == TRANSLATED:
        categories = (*(categories or ()), config or "", name)
    contents = READERS[answers](read_columns(files), categories)
    if not contents.samples:
        raise DatasetError(f"{name} in {path} holds no sample")
    root = path if path.is_dir() else path.parent
    about: dict[str, Any] = {
        "files": [str(file.relative_to(root)) for file in files[:20]],
        "columns": dict(contents.columns),
        **({"split": part} if part else {}),
        **({"config": config} if config else {}),
        **origin(root),
        **contents.about,
    }
    return Table(
        name=f"{name} ({part})" if part and part.casefold() not in name.casefold() else name,
        samples=contents.samples,
        answers=contents.answers,
        classes=contents.classes,
        labels=contents.labels,
        about=about,
        class_order=GUESSED if contents.guessed else "",
        folder=str(files[0].parent) if contents.media else "",
        media=contents.media,
    )
