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

from collections import defaultdict
from collections.abc import Iterator

from registry.checks.context import Context
from registry.checks.entry import Number
from registry.checks.rule import Problem, rule
from registry.checks.words import median_of, percent
from registry.vocabulary import Vocabulary, fold

_SUSPICIOUS = 0.1
_GUESSING = 6
_OTHERS = 5


@rule("MIR206", "error-as-accuracy", "warning", "index")
def check(whole: Context, context: Context) -> Iterator[Problem]:
    reached: dict[tuple[str, str], list[float]] = defaultdict(list)
    best: dict[tuple[int, str], Number] = {}
    low: list[Number] = []
    for entry in context.models:
        for number in entry.numbers:
            if number.result is None or "accuracy" not in (number.term.family, number.term.subject):
                continue
            if number.quantity is None:
                continue
            value = _value(number)
            reached[_key(number, context.vocabulary)].append(value)
            if value == 0:
                yield Problem(f"{number.label} is 0, which no model reaches", number.said.location)
            elif 0 < value < _SUSPICIOUS and number.quantity.percent:
                low.append(number)
            more = best.setdefault((id(number.result), number.term.family), number)
            if number.term.top > more.term.top:
                best[id(number.result), number.term.family] = number
    medians: dict[tuple[str, str], str] = {}
    for number in low:
        key = _key(number, context.vocabulary)
        if key not in medians:
            medians[key] = _among(reached[key])
        why = _beside(number, best[id(number.result), number.term.family]) or medians[key]
        if why:
            shown = percent(number.quantity) if number.quantity is not None else ""
            yield Problem(f"{number.label} is {shown}, {why}; it looks like an error rate", number.said.location)


def _key(number: Number, words: Vocabulary) -> tuple[str, str]:
    assert number.result is not None
    name = number.result.dataset.name
    term = words.dataset(name)
    return number.term.subject, term.name if term else fold(name)


def _value(number: Number) -> float:
    assert number.quantity is not None
    return float(number.quantity.value)


def _beside(number: Number, more: Number) -> str:
    """What the metric of the same result that counts the most guesses says against it."""
    if more.term.top <= number.term.top or _value(more) <= _GUESSING * _value(number) or more.quantity is None:
        return ""
    return f"where {more.label} is {percent(more.quantity)}"


def _among(values: list[float]) -> str:
    if len(values) <= _OTHERS:
        return ""
    median = median_of(values)
    return f"where the median of {len(values)} models is {median:.1%}".replace("%", " %") if median > 0.5 else ""
