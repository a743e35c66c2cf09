"""A Top 5 accuracy below the Top 1 accuracy.

What:
    Of two metrics that count hits among the best guesses, the one with more guesses is lower: Top 5 below Top 1,
    Recall@10 below Recall@1.

Why:
    Whoever is right with one guess is right with five. The two were exchanged, or are error rates.

Bad:
    Models:
    - Name: AlexNet
      Results:
      - Task: Image Classification
        Dataset: ImageNet
        Metrics:
          Top 1 Accuracy: 79.09%
          Top 5 Accuracy: 56.55%

Good:
    Models:
    - Name: AlexNet
      Results:
      - Task: Image Classification
        Dataset: ImageNet
        Metrics:
          Top 1 Accuracy: 56.55%
          Top 5 Accuracy: 79.09%
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator

from registry.checks.context import Context
from registry.checks.entry import Entry, Number
from registry.checks.rule import Problem, rule
from registry.checks.words import percent


@rule("MIR207", "top-k-order", "error", "entry")
def check(entry: Entry, context: Context) -> Iterator[Problem]:
    of: dict[tuple[int, str], list[Number]] = defaultdict(list)
    for number in entry.numbers:
        if number.term.family and number.quantity is not None and 0 <= number.quantity.value <= 1:
            of[id(number.result), number.term.family].append(number)
    for numbers in of.values():
        ordered = sorted(numbers, key=lambda number: number.term.top)
        for fewer, more in itertools.pairwise(ordered):
            assert fewer.quantity is not None
            assert more.quantity is not None
            # One of them as a fraction and the other in percent is another mistake.
            same_scale = fewer.quantity.percent == more.quantity.percent
            if fewer.term.top < more.term.top and more.quantity.value < fewer.quantity.value and same_scale:
                yield Problem(
                    f"{more.label} is {percent(more.quantity)}, below {fewer.label}, {percent(fewer.quantity)}",
                    more.said.location,
                    related=(fewer.said.location,),
                )
