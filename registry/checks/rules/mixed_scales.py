"""A fraction among percentages.

What:
    In one result some scores are printed as percentages and others as fractions of one; or a fraction carries a percent
    sign, so that 0.7655 became `0.7655%`.

Why:
    Read as printed, it says that the model is right in less than one of a hundred cases.

Bad:
    Models:
    - Name: resnet50
      Results:
      - Task: Image Classification
        Dataset: ImageNet
        Metrics:
          Top 1 Accuracy: 0.7655
          Top 5 Accuracy: 93.15

Good:
    Models:
    - Name: resnet50
      Results:
      - Task: Image Classification
        Dataset: ImageNet
        Metrics:
          Top 1 Accuracy: 76.55
          Top 5 Accuracy: 93.15
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from registry.checks.context import Context
from registry.checks.entry import Entry, Number
from registry.checks.rule import Problem, rule
from registry.checks.words import percent


@rule("MIR205", "mixed-scales", "warning", "entry")
def check(entry: Entry, context: Context) -> Iterator[Problem]:
    of: dict[int, list[Number]] = defaultdict(list)
    for number in entry.numbers:
        if number.result is not None and number.term.kind == "ratio" and number.quantity is not None:
            of[id(number.result)].append(number)
    for numbers in of.values():
        yield from _in_result([number for number in numbers if number.term.bounded])


def _in_result(numbers: list[Number]) -> Iterator[Problem]:
    fractions = [number for number in numbers if not _percent(number) and 0 < _value(number) < 1]
    percentages = [number for number in numbers if _percent(number)]
    if fractions and percentages:
        other = percentages[0].said
        for number in fractions:
            message = f"{number.label} is {number.quantity}, a fraction, where {other.name} is a percentage"
            yield Problem(message, number.said.location, related=(other.location,))
    signed = [number for number in percentages if number.term.family == "accuracy" and _value(number) < 0.01]
    if len(signed) > 1 and len(signed) == len(numbers):
        for number in signed:
            assert number.quantity is not None
            message = f"{number.label} is {percent(number.quantity)}, which looks like a fraction with a percent sign"
            yield Problem(message, number.said.location)


def _percent(number: Number) -> bool:
    return number.quantity is not None and number.quantity.percent


def _value(number: Number) -> float:
    return 0.0 if number.quantity is None else float(number.quantity.value)
