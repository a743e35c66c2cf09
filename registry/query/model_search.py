"""Models that satisfy an expression.

An expression is asked of each evaluation of a model: one task on one dataset and split, with everything that the card
says of the model as a whole. So `top1 > 0.75 and dataset = ImageNet` is about one and the same evaluation. A model is
found where one of its evaluations is, or where it has none and the rest is enough. What a card does not say satisfies
no comparison, nor the contrary of one; `flops = missing` asks for just that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from registry.numbers import whole
from registry.query.comparison import SearchCandidate, Test, Values, combined, date_test, negated, number_test
from registry.query.expression import (
    Both,
    Comparison,
    Expression,
    ExpressionError,
    Not,
    WrittenTerm,
    comparisons,
    parse,
)
from registry.query.model_claims import EVALUATION_FIELDS, QueryField, check_verdict, find_field
from registry.query.registry_tables import METADATA, SEPARATOR, TEXTS, Tables, measured_text
from registry.types.safe_text import shortened
from registry.vocabulary import Vocabulary, fold
from registry.vocabulary.architectures import squeeze

MISSING = "missing"


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search came to.

    Attributes:
        fields: The fields that the expression and the order are about, in the order they were named.
    """

    candidates: tuple[SearchCandidate, ...]
    fields: tuple[QueryField, ...]


class Search:
    """Answers expressions about the tables of one registry."""

    def __init__(self, tables: Tables, vocabulary: Vocabulary | None = None) -> None:
        self.tables = tables
        self.vocabulary = vocabulary or Vocabulary.load()
        self.candidates, self._first_claim = self._evaluations()

    def find(self, expression: str, *, sort: Sequence[str] = (), limit: int | None = None) -> SearchResult:
        """The models that satisfy an expression; all of them where it is empty.

        Args:
            expression: See `registry.query.expression`.
            sort: Fields to sort by, the first first; one that begins with `-` from the largest down. What has no such
                field comes last.
            limit: How many to answer with at most.

        Raises:
            ExpressionError: The expression or a field cannot be understood.
        """
        parsed = parse(expression) if expression.strip() else None
        orders = [self._order(key) for key in sort]
        query_fields = (self.field(comparison.field) for comparison in comparisons(parsed)) if parsed else ()
        fields = dict.fromkeys([*query_fields, *(field for field, _ in orders)])
        test = self._test(parsed) if parsed else None
        matches = [candidate for candidate in self.candidates if test is None or test(candidate) is True]
        for field, down in reversed(orders):
            matches = self._sorted(matches, field, down)
        models = {candidate.model: candidate for candidate in reversed(matches)}
        unique = [candidate for candidate in matches if models[candidate.model] is candidate]
        return SearchResult(tuple(unique[:limit]), tuple(fields))

    def values(self, field: QueryField) -> Values:
        """The values of a field: none where the card does not say."""
        if field.what == "model":
            column = self.tables.models.columns[field.name]
            if field.name in TEXTS:
                return lambda at: () if column[at.model] is None else tuple(column[at.model].split(SEPARATOR))
            return lambda at: () if column[at.model] is None else (column[at.model],)
        claims = self.tables.claims.columns
        if field.what == "evaluation":
            column = claims[field.name]
            first = self._first_claim
            return lambda at: () if at.evaluation is None else _said(column[first[at.evaluation]])
        return self._of_claims(field.subject, claims[field.what])

    def unreported(self, answer: SearchResult) -> list[str]:
        """The fields of a search that no card says anything of, so that nothing was found for that reason."""
        readers = ((field.name, self.values(field)) for field in answer.fields if field.what != "measured")
        return [name for name, values in readers if self.candidates and not any(map(values, self.candidates))]

    def rows(self, answer: SearchResult) -> Iterator[dict[str, Any]]:
        """What was found as plain data: the model, its evaluation, and every number of both by its subject."""
        models, claims = self.tables.models, self.tables.claims.columns
        numbers: dict[tuple[int, int | None], dict[str, float]] = defaultdict(dict)
        for model, evaluation, subject, value in zip(
            *(claims[name] for name in ("model_id", "evaluation", "subject", "value")), strict=True
        ):
            numbers[model, evaluation].setdefault(subject, value)
        for at in answer.candidates:
            row = models.row(at.model)
            first = None if at.evaluation is None else self._first_claim[at.evaluation]
            record = {
                **{name: row[name] for name in ("name", "collection", "library", "license", *TEXTS)},
                **{name: None if first is None else claims[name][first] for name in EVALUATION_FIELDS},
                **dict.fromkeys(METADATA),
                **numbers[at.model, None],
                **(numbers[at.model, at.evaluation] if at.evaluation is not None else {}),
                **{name: row[name] for name in ("claims", "reproduced", "refuted", "file", "line")},
            }
            yield {name: whole(value) for name, value in record.items()}

    def printed(self, answer: SearchResult) -> tuple[list[str], list[dict[str, str]]]:
        """What was found as people read it: the columns, and the rows with numbers as the cards print them."""
        about = [field for field in answer.fields if field.name != "name"]
        metrics = any(field.what == "evaluation" or field.subject not in ("", *METADATA) for field in about)
        always = [QueryField("dataset", "evaluation")] if metrics else []
        size = [QueryField(subject, "value", "count", subject) for subject in ("parameters", "flops")]
        names = [self.tables.models.columns["name"][row] for row in {at.model for at in answer.candidates}]
        # Of models of one name, as the Hub's PPO and SentenceTransformer are, only the file says which is which.
        file = [QueryField("file", "model")] if len(set(names)) < len(names) else []
        fields = list(dict.fromkeys([QueryField("name", "model"), *file, *always, *size, *about]))
        columns = [(field.name, self._texts(field)) for field in fields]
        return [name for name, _ in columns], [{name: texts(at) for name, texts in columns} for at in answer.candidates]

    def _texts(self, field: QueryField) -> Callable[[SearchCandidate], str]:
        if field.what in ("value", "measured"):
            measured = field.what == "measured"
            column = self._measured(field.subject) if measured else self.tables.claims.columns["reported"]
            printed = self._of_claims(field.subject, column)
            return lambda at: ", ".join(printed(at))
        values = self.values(field)
        return lambda at: ", ".join(dict.fromkeys(values(at)))

    def _measured(self, subject: str) -> list[str | None]:
        """What was measured of a subject, by claim, as it is printed."""
        columns = self.tables.claims.columns
        claims = zip(*(columns[name] for name in ("subject", "measured", "label", "reported", "kind")), strict=True)
        return [
            measured_text(measured, label, reported, kind)
            if claim_subject == subject and measured is not None
            else None
            for claim_subject, measured, label, reported, kind in claims
        ]

    def _evaluations(self) -> tuple[list[SearchCandidate], dict[int, int]]:
        columns = self.tables.claims.columns
        first: dict[int, int] = {}
        of_model: dict[int, list[int]] = defaultdict(list)
        for number, (model, evaluation) in enumerate(zip(columns["model_id"], columns["evaluation"], strict=True)):
            if evaluation is not None and evaluation not in first:
                first[evaluation] = number
                of_model[model].append(evaluation)
        candidates = [
            SearchCandidate(model, evaluation)
            for model in range(len(self.tables.models))
            for evaluation in of_model.get(model) or (None,)
        ]
        return candidates, first

    def _of_claims(self, subject: str, column: Sequence[Any]) -> Values:
        """Values of claims: those about a model as a whole, then those of its evaluation."""
        columns = self.tables.claims.columns
        values_by_candidate: dict[tuple[int, int | None], list[Any]] = defaultdict(list)
        for claim_subject, model, evaluation, value in zip(
            columns["subject"], columns["model_id"], columns["evaluation"], column, strict=True
        ):
            if value is not None and (not subject or claim_subject == subject):
                values_by_candidate[model, evaluation].append(value)

        def values(at: SearchCandidate) -> Sequence[Any]:
            of_model = values_by_candidate.get((at.model, None), ())
            return of_model if at.evaluation is None else (*of_model, *values_by_candidate.get(at, ()))

        return values

    def _order(self, key: str) -> tuple[QueryField, bool]:
        name = key.removeprefix("-")
        return self.field(WrittenTerm(name, 1 + len(key) - len(name))), name != key

    def _sorted(self, candidates: list[SearchCandidate], field: QueryField, down: bool) -> list[SearchCandidate]:
        values, best = self.values(field), max if down else min
        keys = {at: best(map(_key, field_values)) for at in candidates if (field_values := values(at))}
        present = sorted((at for at in candidates if at in keys), key=keys.__getitem__, reverse=down)
        return present + [at for at in candidates if at not in keys]

    def _test(self, expression: Expression) -> Test:
        if isinstance(expression, Not):
            return partial(negated, self._test(expression.of))
        if isinstance(expression, Both):
            return partial(combined, [self._test(part) for part in expression.parts], expression.every)
        return self.comparison(expression)

    def comparison(self, condition: Comparison) -> Test:
        """Whether a model satisfies one comparison; `None` where its card does not say.

        Raises:
            ExpressionError: The field or the value cannot be understood.
        """
        if condition.bare and self._is_field(condition.value):
            word = shortened(condition.value.text)
            raise ExpressionError(
                condition.value.column + len(condition.value.text),
                f"a comparison such as = or < is missing after '{word}'",
            )
        field = self.field(condition.field)
        values = self.values(field)
        if condition.value.text.lower() == MISSING and not condition.value.quoted:
            if condition.operator not in ("=", "!="):
                raise ExpressionError(
                    condition.value.column, f"'missing' goes with = or !=, not with {condition.operator}"
                )
            return lambda at: bool(values(at)) == (condition.operator == "!=")
        if field.kind is not None:
            return number_test(condition, field.kind, values, self.vocabulary)
        if field.name == "date" and condition.operator != "~":
            return date_test(condition, values)
        if condition.operator not in ("=", "!=", "~"):
            raise ExpressionError(
                condition.field.column,
                f"{field.name} is text, which can be compared with =, != and ~, not {condition.operator}",
            )
        return self._text(condition, field, values)

    def _text(self, comparison: Comparison, field: QueryField, values: Values) -> Test:
        if comparison.operator == "~" and field.name == "name":
            letters = squeeze(comparison.value.text)
            return lambda at: any(letters in squeeze(text) for text in texts) if (texts := values(at)) else None
        if comparison.operator == "~":
            part = fold(comparison.value.text)
            return lambda at: any(part in fold(text) for text in texts) if (texts := values(at)) else None
        same = self._same(field)
        operand = check_verdict(comparison.value) if field.what == "verdict" else same(comparison.value.text)
        equal = comparison.operator == "="
        return lambda at: any(same(text) == operand for text in texts) == equal if (texts := values(at)) else None

    def _is_field(self, words: WrittenTerm) -> bool:
        try:
            self.field(words)
        except ExpressionError:
            return False
        return not words.quoted

    def field(self, words: WrittenTerm) -> QueryField:
        """The field that is meant.

        Raises:
            ExpressionError: There is none of that name.
        """
        return find_field(words, self.tables, self.vocabulary)

    def _same(self, field: QueryField) -> Callable[[str], str]:
        """What makes two texts of a field the same."""
        if field.name == "dataset":
            return lambda text: fold(term.name if (term := self.vocabulary.dataset(text)) else text)
        if field.name == "task":
            return lambda text: fold(term.name if (term := self.vocabulary.task(text)) else text)
        return squeeze if field.name == "name" else str.casefold


def _said(value: Any) -> Sequence[Any]:
    return () if value is None or value == "" else (value,)


def _key(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value
