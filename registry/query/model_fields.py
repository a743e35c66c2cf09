"""What can be asked of a model: its fields by the names that people give them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from registry.evidence.beside import SHOWN_VERDICTS
from registry.query.expression import ExpressionError, WrittenTerm, short
from registry.query.registry_tables import TEXTS, Tables
from registry.types import Kind
from registry.vocabulary import Vocabulary, fold, slug
from registry.vocabulary.slips import KnownNames

What = Literal["model", "evaluation", "value", "measured", "verdict"]

MODEL_FIELDS = ("name", "collection", "library", "license", "file", "weights", *TEXTS)
_ALSO = {"licence": "license", "papers": "paper", "architectures": "architecture", "configuration": "config"}
_FOLDED = {fold(name): name for name in MODEL_FIELDS} | _ALSO
"""The names of a model's own fields as people write them: with a space, an underscore or a hyphen."""

EVALUATION_FIELDS = ("task", "dataset", "split")
VERDICT = "verdict"


@dataclass(frozen=True, slots=True)
class QueryField:
    """A field of a model or of one of its evaluations.

    Attributes:
        name: What it is called in answers, such as `dataset` or `top-1-accuracy`.
        what: Where its values are: a column of the table of models, or what was reported, measured and found out of a
            subject.
        kind: What its numbers count, `None` for text.
        subject: The claims' subject; empty for those of text, and for the verdicts of all claims.
    """

    name: str
    what: What
    kind: Kind | None = None
    subject: str = ""


def find_field(words: WrittenTerm, tables: Tables, vocabulary: Vocabulary) -> QueryField:
    """The field that is meant.

    Raises:
        ExpressionError: There is none of that name.
    """
    folded = fold(words.text)
    if folded in _FOLDED:
        return QueryField(_FOLDED[folded], "model")
    if folded in EVALUATION_FIELDS:
        return QueryField(folded, "evaluation")
    if folded == VERDICT:
        return QueryField(VERDICT, "verdict")
    name, _, ending = words.text.rpartition(".")
    if ending in ("measured", "verdict"):
        subject, kind = _subject(WrittenTerm(name, words.column), tables, vocabulary)
        if ending == "measured":
            return QueryField(f"{subject}.measured", "measured", kind, subject)
        return QueryField(f"{subject}.verdict", "verdict", None, subject)
    subject, kind = _subject(words, tables, vocabulary)
    return QueryField(subject, "value", kind, subject)


def _subject(words: WrittenTerm, tables: Tables, vocabulary: Vocabulary) -> tuple[str, Kind]:
    subject = vocabulary.subject(words.text)
    term = vocabulary.of_subject(subject)
    if term is not None:
        return subject, term.kind
    columns = tables.claims.columns
    for known, kind in zip(columns["subject"], columns["kind"], strict=True):
        if known == subject:
            return subject, kind
    raise ExpressionError(words.column, _unknown(words.text, set(columns["subject"]), vocabulary))


def _unknown(name: str, subjects: Collection[str], vocabulary: Vocabulary) -> str:
    said = f"there is no field '{short(name)}', and no card reports it"
    known = [*MODEL_FIELDS, *EVALUATION_FIELDS, VERDICT, "parameters", "flops", "file-size", *sorted(subjects)]
    slip = vocabulary.slip_of_metric(name)
    metric, _, ending = name.rpartition(".")
    if metric and not slip and (meant := KnownNames(("measured", "verdict")).closest(ending)):
        return f"{said}; did you mean {metric}.{meant}?"
    close = slug(slip) if slip else KnownNames(known).closest(slug(name))
    return f"{said}; did you mean {close}?" if close else said


def check_verdict(words: WrittenTerm) -> str:
    """The verdict that is meant.

    Raises:
        ExpressionError: There is none of that name.
    """
    found = slug(words.text)
    if found not in SHOWN_VERDICTS:
        raise ExpressionError(
            words.column, f"'{short(words.text)}' is no verdict; there are {', '.join(SHOWN_VERDICTS)}"
        )
    return found
