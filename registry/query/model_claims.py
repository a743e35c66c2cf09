"""One model: its claims beside the evidence."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from registry.evidence.beside import SHOWN_VERDICTS
from registry.numbers import whole
from registry.query.expression import ExpressionError, WrittenTerm
from registry.query.registry_tables import METADATA, TEXTS, Tables
from registry.types import Kind
from registry.types.safe_text import shortened
from registry.vocabulary import Vocabulary, fold, slug
from registry.vocabulary.architectures import find_name
from registry.vocabulary.slips import KnownNames

_CLAIM = (
    "subject",
    "label",
    "kind",
    "task",
    "dataset",
    "config",
    "split",
    "reported",
    "value",
    "unit",
    "verdict",
    "reason",
    "file",
    "line",
)
_EVIDENCE = (
    "verdict",
    "stale",
    "reason",
    "measured",
    "method",
    "convention",
    "samples",
    "interval",
    "device",
    "time",
)


def show(tables: Tables, name: str) -> list[dict[str, Any]]:
    """What is known of the models of a name, one for each card that has it, as plain data.

    Each has the columns of the table of models, and `claims`: what was reported and where, with `evidence` beside it,
    `None` where nothing was measured.

    Raises:
        UsageError: No card has such a model, or several are meant; see `registry.vocabulary.architectures`.
    """
    meant = find_name(name, tables.models.columns["name"])
    models = [row for row in tables.models.rows() if row["name"] == meant]
    evidence = {row["claim_id"]: _evidence(row) for row in tables.evidence.rows()}
    models_by_id = {row["id"]: row for row in models}
    records = [
        {_JSON.get(key, key): whole(value) for key, value in row.items() if key not in ("id", "claims")}
        for row in models
    ]
    claims: dict[int, list[dict[str, Any]]] = {number: [] for number in models_by_id}
    for number, row in enumerate(tables.claims.rows()):
        if row["model_id"] in models_by_id:
            claim = {key: whole(row[key]) for key in _CLAIM}
            claims[row["model_id"]].append({**claim, "evidence": evidence.get(number)})
    return [{**record, "claims": claims[number]} for record, number in zip(records, models_by_id, strict=True)]


_JSON = {column: subject for subject, column in METADATA.items()}
"""Numbers by their subject, as in all JSON; SQL has an underscore where a subject has a hyphen."""


def _evidence(row: Mapping[str, Any]) -> dict[str, Any]:
    interval = None if row["low"] is None else [row["low"], row["high"]]
    return {key: interval if key == "interval" else whole(row[key]) for key in _EVIDENCE}


What = Literal["model", "evaluation", "value", "measured", "verdict"]

MODEL_FIELDS = ("name", "collection", "library", "license", "file", "weights", *TEXTS)
_ALSO = {
    "licence": "license",
    "papers": "paper",
    "architectures": "architecture",
    "configuration": "config",
    **dict.fromkeys(("year", "published", "released", "release date"), "date"),
}
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
    for candidate, kind in zip(columns["subject"], columns["kind"], strict=True):
        if candidate == subject:
            return subject, kind
    raise ExpressionError(words.column, _unknown(words.text, set(columns["subject"]), vocabulary))


def _unknown(name: str, subjects: Collection[str], vocabulary: Vocabulary) -> str:
    sentence = f"there is no field '{shortened(name)}', and no card reports it"
    names = [*MODEL_FIELDS, *EVALUATION_FIELDS, VERDICT, "parameters", "flops", "file-size", *sorted(subjects)]
    slip = vocabulary.slip_of_metric(name)
    metric, _, ending = name.rpartition(".")
    if metric and not slip and (meant := KnownNames(("measured", "verdict")).closest(ending)):
        return f"{sentence}; did you mean {metric}.{meant}?"
    close = slug(slip) if slip else KnownNames(names).closest(slug(name))
    return f"{sentence}; did you mean {close}?" if close else sentence


def check_verdict(words: WrittenTerm) -> str:
    """The verdict that is meant.

    Raises:
        ExpressionError: There is none of that name.
    """
    verdict = slug(words.text)
    if verdict not in SHOWN_VERDICTS:
        raise ExpressionError(
            words.column, f"'{shortened(words.text)}' is no verdict; there are {', '.join(SHOWN_VERDICTS)}"
        )
    return verdict
