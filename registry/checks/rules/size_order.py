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

from registry.checks.agreement import agree
from registry.checks.context import Context
from registry.checks.entry import Entry
from registry.checks.message_text import short
from registry.checks.rule import Problem, rule
from registry.checks.siblings import families, sizes


@rule("MIR312", "size-order", "warning", "index")
def check(whole: Context, context: Context) -> Iterator[Problem]:
    for family in families(context.models).values():
        scales: dict[str, list[tuple[int, Entry]]] = defaultdict(list)
        for entry in family:
            if "parameters" in entry.counts:
                for rest, rank in sizes(entry.owner.name):
                    scales[rest].append((rank, entry))
        told: set[int] = set()
        for scale in scales.values():
            for (low, smaller), (high, larger) in itertools.pairwise(sorted(scale, key=lambda item: item[0])):
                if low < high and id(larger) not in told and _fewer(larger, smaller):
                    told.add(id(larger))
                    yield _problem(larger, smaller)


def _fewer(larger: Entry, smaller: Entry) -> bool:
    one, other = larger.counts["parameters"].reported, smaller.counts["parameters"].reported
    return one.value < other.value and not agree(one, other)


def _problem(larger: Entry, smaller: Entry) -> Problem:
    claim, other = larger.counts["parameters"], smaller.counts["parameters"]
    return Problem(
        f"{claim.label} is {claim.reported}, fewer than the {other.reported} of {short(smaller.owner.name)}, "
        "which by its name is the smaller model",
        claim.location,
        related=(other.location,),
    )
