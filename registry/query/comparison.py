"""Comparisons with numbers and dates, and what several come to together; `None` stands for what no card says."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from registry.lazy_regex import lazy_regex
from registry.query.expression import Comparison, ExpressionError
from registry.types import Kind, QuantityError
from registry.types.safe_text import shortened
from registry.vocabulary import Vocabulary, fold, read_quantity


class SearchCandidate(NamedTuple):
    """A model, by its row, and one of its evaluations."""

    model: int
    evaluation: int | None


Values = Callable[[SearchCandidate], Sequence[Any]]


Test = Callable[[SearchCandidate], bool | None]


_DATE = lazy_regex(r"[12]\d{3}(-\d\d){0,2}")

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
}


def number_test(comparison: Comparison, kind: Kind, values: Values, vocabulary: Vocabulary) -> Test:
    """Whether a number of a model satisfies a comparison.

    Raises:
        ExpressionError: It cannot be compared so.
    """
    if comparison.operator == "~":
        raise ExpressionError(
            comparison.field.column, f"{shortened(comparison.field.text)} is a number, which ~ cannot search"
        )
    try:
        operand = float(read_quantity(_as_spelt(comparison.field.text, vocabulary), comparison.value.text, kind).value)
    except QuantityError as error:
        raise ExpressionError(comparison.value.column, str(error)) from error
    if comparison.operator == "!=":
        return lambda candidate: (
            all(number != operand for number in numbers) if (numbers := values(candidate)) else None
        )
    holds = _OPERATORS[comparison.operator]
    return lambda candidate: (
        any(holds(number, operand) for number in numbers) if (numbers := values(candidate)) else None
    )


def date_test(comparison: Comparison, values: Values) -> Test:
    """Whether a date satisfies a comparison, as far as both are known: 2015-12 is 2015, and not after it.

    Raises:
        ExpressionError: What it is compared with is no date.
    """
    operand = comparison.value.text.strip()
    if not _DATE.fullmatch(operand):
        raise ExpressionError(
            comparison.value.column, f"'{shortened(operand)}' is no date; write 2021, 2021-05 or 2021-05-17"
        )
    holds = operator.ne if comparison.operator == "!=" else _OPERATORS[comparison.operator]

    def test(candidate: SearchCandidate) -> bool | None:
        dates = values(candidate)
        return any(holds(date[: len(operand)], operand[: len(date)]) for date in dates) if dates else None

    return test


def _as_spelt(name: str, vocabulary: Vocabulary) -> str:
    """A metric's name in the vocabulary's own case, in which `GFLOPs` says that numbers are in units of 10^9."""
    name = name.removesuffix(".measured")
    term = vocabulary.metric(name)
    names = () if term is None else (term.name, *term.aliases)
    return next((alias for alias in names if fold(alias) == fold(name)), name)


def negated(test: Test, at: SearchCandidate) -> bool | None:
    """The contrary of a test's answer; of what no card says there is none."""
    answer = test(at)
    return None if answer is None else not answer


def combined(tests: Sequence[Test], every: bool, at: SearchCandidate) -> bool | None:
    """Whether every test holds, or one of them; `None` where what no card says would decide it."""
    answer: bool | None = every
    for test in tests:
        result = test(at)
        if result is not None and result != every:
            return result
        if result is None:
            answer = None
    return answer
