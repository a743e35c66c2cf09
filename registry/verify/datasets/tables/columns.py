"""Which columns of a table hold what a task needs, by their features, their names and what they hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from registry.types import DatasetError
from registry.verify.datasets.tables.rows import Columns

TEXTS = (
    "text", "sentence", "content", "review", "tweet", "comment", "utterance", "document", "article", "message",
    "review_body", "review_text", "headline", "title", "question", "query", "premise", "abstract", "description",
    "sms", "body", "input", "prompt", "phrase", "verse", "code", "source",
)  # fmt: skip
"""What a column of texts is called, the likeliest first."""

PAIRS = (
    ("sentence1", "sentence2"), ("premise", "hypothesis"), ("question1", "question2"), ("question", "sentence"),
    ("text1", "text2"), ("text_a", "text_b"), ("sentence_A", "sentence_B"), ("sentence_a", "sentence_b"),
    ("question", "passage"), ("query", "passage"), ("query", "document"), ("claim", "evidence"), ("s1", "s2"),
    ("text", "text_pair"), ("context", "question"), ("anchor", "positive"), ("source", "target"),
)  # fmt: skip
"""What two columns of texts that belong together are called."""

LABELS = (
    "label", "labels", "class", "target", "category", "intent", "emotion", "sentiment", "topic", "gold_label",
    "coarse_label", "label_coarse", "answer", "stars", "rating", "language", "y", "fine_label", "output", "score",
)  # fmt: skip
SCORES = ("label", "score", "similarity_score", "relatedness_score", "similarity", "labels", "rating", "target")
TARGETS = (("target", "y", "label", "labels"), ("value", "score", "price", "age"))
"""What a column of numbers to be foretold is called; the second only where none is called as the first."""

WORDS = ("tokens", "words", "token", "text", "sentence")
TAGS = ("ner_tags", "tags", "labels", "pos_tags", "chunk_tags", "ner", "upos", "pos", "label", "target")
IMAGES = ("image", "img", "picture", "pixel_values", "file_name", "image_path", "path")
SOUNDS = ("audio", "sound", "speech", "file_name", "file", "path", "wav")
TRANSCRIPTS = ("text", "sentence", "transcription", "transcript", "normalized_text", "raw_transcription", "label")
SUMMARIES = (
    ("document", "summary"), ("article", "highlights"), ("dialogue", "summary"), ("text", "summary"),
    ("maintext", "summary"), ("body", "title"), ("report", "summary"), ("article", "abstract"), ("source", "target"),
    ("input", "output"), ("input_text", "target_text"), ("text", "headline"), ("article", "summary"),
)  # fmt: skip

_FLAT = str.maketrans({"-": "_", " ": "_"})


def find(columns: Columns, names: Sequence[str], content: str, fits: Callable[[Any], bool]) -> str:
    """The column of some kind: by its name where it fits, else the only one that fits.

    Args:
        columns: The table.
        names: What such columns are called, the likeliest first.
        content: What it holds, for the message.
        fits: Whether a cell is of the kind.

    Raises:
        DatasetError: There is none, or several and nothing says which.
    """
    candidates = [column for column in columns.values if _fits(columns, column, fits)]
    folded = {column.casefold().translate(_FLAT): column for column in candidates}
    match = next((folded[name.casefold()] for name in names if name.casefold() in folded), None)
    if match is not None:
        return match
    if len(candidates) == 1:
        return candidates[0]
    has = ", ".join(columns.values)
    raise DatasetError(f"nothing says which of the columns {has} holds {content}; call that one '{names[0]}'")


def find_pair(
    columns: Columns, pairs: Sequence[tuple[str, str]], fits: Callable[[Any], bool]
) -> tuple[str, str] | None:
    """Two columns that are called as a known pair; `None` where there are none."""
    folded = {column.casefold().translate(_FLAT): column for column in columns.values if _fits(columns, column, fits)}
    for left, right in pairs:
        if left.casefold() in folded and right.casefold() in folded:
            return folded[left.casefold()], folded[right.casefold()]
    return None


def find_label(columns: Columns, inputs: Sequence[str]) -> str:
    """The column of classes: one that is a `ClassLabel`, else one of a usual name.

    Raises:
        DatasetError: There is none, or several and nothing says which.
    """
    labels = [
        column for column in columns.values if _is_class_label(columns.features.get(column)) and column not in inputs
    ]
    if len(labels) == 1:
        return labels[0]
    return find(columns.without(inputs), LABELS, "the classes", lambda cell: isinstance(cell, int | str))


def is_text(cell: Any) -> bool:
    """Whether a cell is a text."""
    return isinstance(cell, str)


def is_texts(cell: Any) -> bool:
    """Whether a cell is a text, or several that say the same."""
    return isinstance(cell, str) or (is_words(cell) and bool(cell))


def is_number(cell: Any) -> bool:
    """Whether a cell is a number."""
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def is_list(cell: Any) -> bool:
    """Whether a cell is a list of words or of tags."""
    return isinstance(cell, list) and all(isinstance(entry, str | int) for entry in cell)


def is_words(cell: Any) -> bool:
    """Whether a cell is a list of words."""
    return isinstance(cell, list) and all(isinstance(word, str) for word in cell)


def is_file(cell: Any) -> bool:
    """Whether a cell is a file: its bytes, its path, or both as the library datasets keeps them."""
    return isinstance(cell, bytes | str) or (isinstance(cell, Mapping) and ("bytes" in cell or "path" in cell))


def _fits(columns: Columns, name: str, fits: Callable[[Any], bool]) -> bool:
    first = next((cell for cell in columns.values[name] if cell is not None), None)
    return first is not None and fits(first)


def _is_class_label(feature: Any) -> bool:
    return isinstance(feature, Mapping) and feature.get("_type") == "ClassLabel"
