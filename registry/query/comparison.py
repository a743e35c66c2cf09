"""Comparisons with numbers, and what several come to together; `None` stands for what no card says."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from registry.query.expression import Comparison, ExpressionError, short
from registry.types import Kind, QuantityError
from registry.vocabulary import Vocabulary, fold, read_quantity


class SearchCandidate(NamedTuple):
    """A model, by its row, and one of its evaluations."""

    model: int
    evaluation: int | None


Values = Callable[[SearchCandidate], Sequence[Any]]


Test = Callable[[SearchCandidate], bool | None]


_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
}


def number_test(said: Comparison, kind: Kind, values: Values, vocabulary: Vocabulary) -> Test:
    """Whether a number of a model satisfies a comparison.

    Raises:
        ExpressionError: It cannot be compared so.
    """
    if said.operator == "~":
        raise ExpressionError(said.field.column, f"{short(said.field.text)} is a number, which ~ cannot search")
    try:
        wanted = float(read_quantity(_as_spelt(said.field.text, vocabulary), said.value.text, kind).value)
    except QuantityError as error:
        raise ExpressionError(said.value.column, str(error)) from error
    if said.operator == "!=":
        return lambda at: all(each != wanted for each in found) if (found := values(at)) else None
    holds = _OPERATORS[said.operator]
    return lambda at: any(holds(each, wanted) for each in found) if (found := values(at)) else None


def _as_spelt(name: str, vocabulary: Vocabulary) -> str:
    """A metric's name in the vocabulary's own case, in which `GFLOPs` says that numbers are in units of 10^9."""
    name = name.removesuffix(".measured")
    term = vocabulary.metric(name)
    names = () if term is None else (term.name, *term.aliases)
    return next((each for each in names if fold(each) == fold(name)), name)


def negated(test: Test, at: SearchCandidate) -> bool | None:
    """The contrary of a test's answer; of what no card says there is none."""
    found = test(at)
    return None if found is None else not found


def combined(tests: Sequence[Test], every: bool, at: SearchCandidate) -> bool | None:
    """Whether every test holds, or one of them; `None` where what no card says would decide it."""
    answer: bool | None = every
    for test in tests:
        found = test(at)
        if found is not None and found != every:
            return found
        if found is None:
            answer = None
    return answer
