"""An accuracy that looks like an error rate.

What:
    A Top 1 accuracy under 10 % beside a Top 5 accuracy more than six times as high, or an accuracy under 10 % on data
    where the other models of the index reach more than 50 %. (Guessing makes Top 5 five times as high as Top 1.) Or an
    accuracy of zero.

Why:
    No published model is that bad: the number is an error rate, or belongs to another metric. Four cards of a
    well-known zoo carried such numbers for years.

Bad:
    Models:
    - Name: inception_v4
      Results:
      - Task: Image Classification
        Dataset: ImageNet
        Metrics:
          Top 1 Accuracy: 1.01%
          Top 5 Accuracy: 16.85%

Good:
    Models:
    - Name: inception_v4
      Results:
      - Task: Image Classification
        Dataset: ImageNet
        Metrics:
          Top 1 Accuracy: 80.14%
          Top 5 Accuracy: 94.95%
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterator

from registry.checks.context import Context
from registry.checks.entry import Number
from registry.checks.rule import Problem, rule
from registry.checks.words import percent
from registry.vocabulary import Vocabulary, fold

_SUSPICIOUS = 0.1
_GUESSING = 6
_OTHERS = 5


@rule("MIR206", "error-as-accuracy", "warning", "index")
def check(whole: Context, context: Context) -> Iterator[Problem]:
    reached: dict[tuple[str, str], list[float]] = defaultdict(list)
    low: list[tuple[Number, list[Number]]] = []
    for entry in context.models:
        scores = [
            number
            for number in entry.numbers
            if number.result is not None
            and number.quantity is not None
            and (number.term.family == "accuracy" or number.term.subject == "accuracy")
        ]
        for number in scores:
            reached[_key(number, context.vocabulary)].append(_value(number))
            if _value(number) == 0:
                yield Problem(f"{number.label} is 0, which no model reaches", number.said.location)
            elif 0 < _value(number) < _SUSPICIOUS and number.quantity is not None and number.quantity.percent:
                low.append((number, scores))
    for number, scores in low:
        assert number.quantity is not None
        why = _beside(number, scores) or _among(reached[_key(number, context.vocabulary)])
        if why:
            message = f"{number.label} is {percent(number.quantity)}, {why}; it looks like an error rate"
            yield Problem(message, number.said.location)


def _key(number: Number, words: Vocabulary) -> tuple[str, str]:
    assert number.result is not None
    name = number.result.dataset.name
    term = words.dataset(name)
    return number.term.subject, term.name if term else fold(name)


def _value(number: Number) -> float:
    assert number.quantity is not None
    return float(number.quantity.value)


def _beside(number: Number, scores: list[Number]) -> str:
    for other in scores:
        more = number.term.family and other.term.family == number.term.family and other.term.top > number.term.top
        if more and other.result is number.result and _value(other) > _GUESSING * _value(number):
            assert other.quantity is not None
            return f"where {other.label} is {percent(other.quantity)}"
    return ""


def _among(values: list[float]) -> str:
    if len(values) <= _OTHERS:
        return ""
    median = statistics.median(values)
    return f"where the median of {len(values)} models is {median:.1%}".replace("%", " %") if median > 0.5 else ""
