"""A larger model with fewer parameters than the smaller one.

What:
    Two models of one collection whose names differ only in the word for their size, such as `small` and `base`, and the
    larger one reports fewer parameters.

Why:
    The larger one's number was mistyped or is a smaller model's. Each alone looks sensible.

Bad:
    Collections:
    - Name: ViG
    Models:
    - Name: vig-small_in1k
      In Collection: ViG
      Metadata:
        Parameters: 22748000
    - Name: vig-base_in1k
      In Collection: ViG
      Metadata:
        Parameters: 20685000

Good:
    Collections:
    - Name: ViG
    Models:
    - Name: vig-small_in1k
      In Collection: ViG
      Metadata:
        Parameters: 22748000
    - Name: vig-base_in1k
      In Collection: ViG
      Metadata:
        Parameters: 86800000
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator

from registry.checks.card_view import Context
from registry.checks.message_text import short
from registry.checks.rule import Problem, rule
from registry.checks.shared_facts import SiblingFacts, families, siblings_of
from registry.checks.siblings import agree, sizes
from registry.checks.spots import located
from registry.checks.whole import Whole


@rule("MIR312", "size-order", "warning", "index", facts=(siblings_of,))
def check(whole: Whole, context: Context) -> Iterator[Problem]:
    for family in families(whole).values():
        scales: dict[str, list[tuple[int, SiblingFacts]]] = defaultdict(list)
        for entry in family:
            if entry.parameters is not None:
                for rest, rank in sizes(entry.name):
                    scales[rest].append((rank, entry))
        told: set[int] = set()
        for scale in scales.values():
            for (low, smaller), (high, larger) in itertools.pairwise(sorted(scale, key=lambda item: item[0])):
                if low < high and id(larger) not in told and _fewer(larger, smaller):
                    told.add(id(larger))
                    yield _problem(larger, smaller)


def _fewer(larger: SiblingFacts, smaller: SiblingFacts) -> bool:
    one, other = larger.parameters, smaller.parameters
    return one is not None and other is not None and one.value < other.value and not agree(one, other)


def _problem(larger: SiblingFacts, smaller: SiblingFacts) -> Problem:
    number, other = larger.parameters, smaller.parameters
    assert number is not None
    assert other is not None
    return Problem(
        f"{number.label} is {number.text}, fewer than the {other.text} of {short(smaller.name)}, "
        "which by its name is the smaller model",
        located(number.place),
        related=(located(other.place),),
    )
