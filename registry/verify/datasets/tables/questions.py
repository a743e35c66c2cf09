"""Questions with their answers out of a table's columns, of SQuAD's own file too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from registry.types import DatasetError
from registry.verify.datasets.tables.answered import Found, whole
from registry.verify.datasets.tables.rows import Columns


def answered_questions(table: Columns, categories: Sequence[str] | None) -> Found:  # noqa: ARG001
    """Questions with a text that holds the answer, and the texts that count as right."""
    if "paragraphs" in table.values:
        table = _squad(table)
    missing = [each for each in ("question", "context", "answers") if each not in table.values]
    if missing:
        raise DatasetError(f"the columns {', '.join(table.values)} lack {', '.join(missing)}")
    answers = [_answer_texts(each) for each in table.values["answers"]]
    pairs = zip(whole(table, "question"), whole(table, "context"), strict=True)
    return Found(
        samples=[{"question": str(question), "context": str(context)} for question, context in pairs],
        answers=answers,
        columns={"question": "question", "context": "context", "answers": "answers"},
    )


def _answer_texts(cell: Any) -> list[str]:
    """The texts that count: SQuAD's `{text: [...]}`, a list of `{text: ...}`, of texts, or one text; none has none."""
    if isinstance(cell, Mapping):
        cell = cell.get("text", [])
    if isinstance(cell, str):
        return [cell]
    return [str(each.get("text", "")) if isinstance(each, Mapping) else str(each) for each in cell or []]


def _squad(table: Columns) -> Columns:
    """SQuAD's own file, which nests questions in paragraphs in articles."""
    rows = [
        (asked["question"], paragraph["context"], asked.get("answers", []))
        for article in table.values["paragraphs"]
        for paragraph in article
        for asked in paragraph["qas"]
    ]
    questions, contexts, answers = zip(*rows, strict=True) if rows else ((), (), ())
    return Columns(values={"question": questions, "context": contexts, "answers": answers})
