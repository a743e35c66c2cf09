"""Samples and right answers out of a table's columns, one function for each kind of answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from registry.types import DatasetError
from registry.verify.datasets.class_order import matched
from registry.verify.datasets.tables import columns as find
from registry.verify.datasets.tables.languages import direction
from registry.verify.datasets.tables.rows import Columns, class_names

SEPARATOR = "\n\n"
"""What stands between the rows of a running text, as in transformers' guide to perplexity."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """Samples and answers.

    Attributes:
        columns: Which column each part comes from.
        classes: Names of the classes by their numbers; of translations, what is translated into what: `en-de`.
        guessed: Whether the order of the classes is that of their sorted names, because nothing says it.
        about: What else the evidence should say.
    """

    samples: Sequence[Any]
    answers: Sequence[Any]
    columns: Mapping[str, str]
    classes: tuple[str, ...] = ()
    labels: npt.NDArray[np.int64] | None = None
    guessed: bool = False
    about: Mapping[str, Any] = field(default_factory=dict)
    media: str = ""


def labelled_texts(table: Columns, categories: Sequence[str] | None) -> Found:
    """Texts, or pairs of them, each of one class."""
    samples, used = _texts(table)
    return _labelled(table, samples, used, categories)


def labelled_pictures(table: Columns, categories: Sequence[str] | None) -> Found:
    """Pictures, each of one class."""
    image = find.find(table, find.IMAGES, "the pictures", find.is_file)
    return _labelled(table, list(table.values[image]), {"image": image}, categories, media="image")


def scored_texts(table: Columns, categories: Sequence[str] | None) -> Found:  # noqa: ARG001
    """Texts, or pairs of them, each with a number."""
    samples, used = _texts(table)
    rest = table.without(used.values())
    score = find.find(rest, find.SCORES, "the numbers", find.is_number)
    return Found(
        samples=samples,
        answers=[float(cell) for cell in whole(table, score)],
        columns={**used, "score": score},
    )


def targets(table: Columns, categories: Sequence[str] | None) -> Found:  # noqa: ARG001
    """Pictures, or rows of numbers in the order of their columns, each with the number that is to be foretold."""
    numbers = [column for column in table.values if all(map(find.is_number, table.values[column]))]
    called = ([column for column in numbers if column.casefold() in kind] for kind in find.TARGETS)
    names = next(filter(None, called), [])
    if len(names) != 1:
        has = ", ".join(table.values)
        raise DatasetError(f"nothing says which of the columns {has} is to be predicted; name that one 'target'")
    answers = [float(cell) for cell in table.values[names[0]]]
    rest = [column for column in numbers if column != names[0] and column.casefold() not in ("id", "index", "")]
    image = next(
        (column for column in table.values if column.casefold() in find.IMAGES and column not in numbers), None
    )
    if image is not None:
        return Found(
            samples=list(whole(table, image)),
            answers=answers,
            columns={"image": image, "target": names[0]},
            media="image",
        )
    other = next((column for column in table.values if column not in numbers), None)
    if other is not None or not rest:
        problem = (
            f"the column {other} has a cell that is no number" if other else "there is no column of numbers beside it"
        )
        raise DatasetError(f"{problem}: a model of numbers takes them alone")
    rows = zip(*(table.values[column] for column in rest), strict=True)
    return Found(
        samples=[[float(cell) for cell in row] for row in rows],
        answers=answers,
        columns={"numbers": ", ".join(rest), "target": names[0]},
        media="numbers",
    )


def tagged_words(table: Columns, categories: Sequence[str] | None) -> Found:
    """Lists of words, each word with a tag."""
    pairs = [name for name in find.TAGS if name in table.values]
    words = find.find(table, find.WORDS, "the words", find.is_words)
    rest = table.without([words])
    tags = next((name for name in pairs if name != words), "") or find.find(rest, find.TAGS, "the tags", find.is_list)
    names, cells = class_names(table.features.get(tags)), whole(table, tags)
    samples = [list(map(str, row)) for row in whole(table, words)]
    if any(len(one) != len(other) for one, other in zip(samples, cells, strict=True)):
        raise DatasetError(f"the columns {words} and {tags} do not have as many words as tags in every row")
    numbered = any(isinstance(tag, int) for row in cells for tag in row)
    names = names or (tuple(categories or ()) if numbered else ())
    if numbered and not names:
        raise DatasetError(f"nothing says what the numbers in {tags} mean: name the tags in the card's Classes")
    try:
        answers = [[_tag(tag, names) for tag in row] for row in cells]
    except IndexError:
        raise DatasetError(f"the column {tags} holds a number that is none of its {len(names)} tags") from None
    # Outputs are called as the model calls them; tags of the data set are compared with them by name.
    classes = tuple(categories or names)
    if not classes:
        raise DatasetError("nothing says which tag each of the model's outputs is: name them in the card's Classes")
    return Found(samples=samples, answers=answers, columns={"words": words, "tags": tags}, classes=classes)


LEFT_OUT = -100
"""The number of words that are not counted, as torch's losses and transformers' examples leave them out."""


def _tag(cell: Any, names: Sequence[str]) -> str | None:
    if not isinstance(cell, int):
        return str(cell)
    if cell == LEFT_OUT:
        return None
    if cell < 0:
        raise IndexError
    return names[cell]


def texts(table: Columns, categories: Sequence[str] | None) -> Found:  # noqa: ARG001
    """Running text: the rows one after another, with an empty line between them."""
    text = find.find(table, find.TEXTS, "the text", find.is_text)
    rows = ["" if cell is None else str(cell) for cell in table.values[text]]
    about = {"rows": len(rows), "joined_by": SEPARATOR}
    return Found(samples=[SEPARATOR.join(rows)], answers=[None], columns={"text": text}, about=about)


def translated_texts(table: Columns, categories: Sequence[str] | None) -> Found:
    """Texts with their translation: a column of mappings by language, or two columns.

    `categories` are names of which one may say what is translated into what, such as that of the model.
    """
    by_language = next((column for column, cells in table.values.items() if isinstance(cells[0], dict)), None)
    if by_language is not None:
        rows = whole(table, by_language)
        languages = list(rows[0])
        if len(languages) != 2:
            raise DatasetError(f"the column {by_language} has {len(languages)} languages, and two are needed")
        source, target = direction(categories or (), languages) or languages
        return Found(
            samples=[str(row[source]) for row in rows],
            answers=[str(row[target]) for row in rows],
            columns={"source": f"{by_language}.{source}", "target": f"{by_language}.{target}"},
            classes=(f"{source}-{target}",),
        )
    pair = find.find_pair(table, (("source", "target"), ("src", "tgt"), ("input", "output")), find.is_texts)
    if pair is not None:
        return _pair(table, *pair)
    pair = _only_two(table, "a text and its translation")
    source, target = direction(categories or (), pair) or pair
    return replace(_pair(table, source, target), classes=(f"{source}-{target}",))


def summarised_texts(table: Columns, categories: Sequence[str] | None) -> Found:  # noqa: ARG001
    """Texts with their summary."""
    pair = find.find_pair(table, find.SUMMARIES, find.is_texts) or _only_two(table, "a text and its summary")
    return _pair(table, *pair)


def transcribed_sounds(table: Columns, categories: Sequence[str] | None) -> Found:  # noqa: ARG001
    """Sounds with what is said in them."""
    sound = find.find(table, find.SOUNDS, "the sounds", find.is_file)
    rest = table.without([sound])
    text = find.find(rest, find.TRANSCRIPTS, "what is said", find.is_text)
    answers = [str(cell) for cell in whole(table, text)]
    return Found(
        samples=list(table.values[sound]), answers=answers, columns={"audio": sound, "text": text}, media="audio"
    )


def answered_questions(table: Columns, categories: Sequence[str] | None) -> Found:  # noqa: ARG001
    """Questions with a text that holds the answer, and the texts that count as right."""
    if "paragraphs" in table.values:
        table = _squad(table)
    missing = [name for name in ("question", "context", "answers") if name not in table.values]
    if missing:
        raise DatasetError(f"the columns {', '.join(table.values)} lack {', '.join(missing)}")
    answers = [_answer_texts(cell) for cell in table.values["answers"]]
    pairs = zip(whole(table, "question"), whole(table, "context"), strict=True)
    return Found(
        samples=[{"question": str(question), "context": str(context)} for question, context in pairs],
        answers=answers,
        columns={"question": "question", "context": "context", "answers": "answers"},
    )


def _texts(table: Columns) -> tuple[list[Any], dict[str, str]]:
    """Texts or pairs of texts, and which columns they are."""
    labels = [column for column in table.values if column.casefold() in ("label", "labels")]
    inputs = table.without(labels)
    pair = find.find_pair(inputs, find.PAIRS, find.is_text)
    if pair is not None:
        rows = zip(*(whole(table, column) for column in pair), strict=True)
        return [(str(left), str(right)) for left, right in rows], {"text": pair[0], "pair": pair[1]}
    text = find.find(inputs, find.TEXTS, "the texts", find.is_text)
    return [str(cell) for cell in whole(table, text)], {"text": text}


def _labelled(
    table: Columns, samples: list[Any], used: dict[str, str], categories: Sequence[str] | None, media: str = ""
) -> Found:
    column = find.find_label(table, list(used.values()))
    cells, names = whole(table, column), class_names(table.features.get(column))
    numbered = all(isinstance(cell, bool | int) for cell in cells)
    if numbered:
        labels = np.array([int(cell) for cell in cells], np.int64)
        if (labels < 0).any():
            raise DatasetError(f"the column {column} holds no right answers: they are not published for this split")
        names = names or tuple(categories or ()) or tuple(map(str, range(int(labels.max()) + 1)))
    else:
        spelled = tuple(sorted({str(cell) for cell in cells}))
        names = names or matched(spelled, categories) or spelled
        number = {name: at for at, name in enumerate(names)}
        labels = np.array([number.get(str(cell), -1) for cell in cells], np.int64)
    if (labels < 0).any() or (labels >= len(names)).any():
        raise DatasetError(f"the column {column} holds something that is none of its {len(names)} classes")
    order = matched(names, categories)
    # Numbers are taken to be those of the outputs where there are as many of both, though they are called otherwise.
    fewer = categories is not None and len(names) < len(categories)
    guessed, renumbered = order is None and (fewer or not numbered), order is not None and order != names
    if order is not None:
        labels, names = np.array([order.index(name) for name in names], np.int64)[labels], order
    return Found(
        samples=samples,
        answers=labels.tolist(),
        columns={**used, "label": column},
        classes=names,
        labels=labels,
        guessed=guessed,
        about={"renumbered": True} if renumbered else {},
        media=media,
    )


def whole(table: Columns, name: str) -> Sequence[Any]:
    """A column in which no cell is empty."""
    cells = table.values[name]
    empty = next((row for row, cell in enumerate(cells) if cell is None), None)
    if empty is not None:
        raise DatasetError(f"the column {name} has an empty cell in row {empty}")
    return cells


def _only_two(table: Columns, kind: str) -> tuple[str, str]:
    names = [name for name, cells in table.values.items() if isinstance(cells[0], str) and name != "id"]
    if len(names) != 2:
        raise DatasetError(
            f"nothing says which of the columns {', '.join(table.values)} hold {kind}; call them 'source' and 'target'"
        )
    return names[0], names[1]


def _pair(table: Columns, source: str, target: str) -> Found:
    return Found(
        samples=[str(cell) for cell in whole(table, source)],
        answers=[list(map(str, cell)) if isinstance(cell, list) else str(cell) for cell in whole(table, target)],
        columns={"source": source, "target": target},
    )


def _answer_texts(cell: Any) -> list[str]:
    """The texts that count: SQuAD's `{text: [...]}`, a list of `{text: ...}`, of texts, or one text; none has none."""
    if isinstance(cell, Mapping):
        cell = cell.get("text", [])
    if isinstance(cell, str):
        return [cell]
    return [str(entry.get("text", "")) if isinstance(entry, Mapping) else str(entry) for entry in cell or []]


def _squad(table: Columns) -> Columns:
    """SQuAD's own file, which nests questions in paragraphs in articles."""
    rows = [
        (question["question"], paragraph["context"], question.get("answers", []))
        for article in table.values["paragraphs"]
        for paragraph in article
        for question in paragraph["qas"]
    ]
    questions, contexts, answers = zip(*rows, strict=True) if rows else ((), (), ())
    return Columns(values={"question": questions, "context": contexts, "answers": answers})
