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
from collections.abc import Hashable, Iterator

from registry.checks.card_view import Entry
from registry.checks.message_text import percent
from registry.checks.rule import Context, Problem, rule
from registry.types import Claim


@rule("MIR207", "top-k-order", "error", "entry")
def check(entry: Entry, context: Context) -> Iterator[Problem]:
    of: dict[tuple[Hashable, ...], list[Claim]] = defaultdict(list)
    for claim in entry.claims:
        if claim.term.family and 0 <= claim.reported.value <= 1:
            of[claim.result, claim.conditions, claim.term.family].append(claim)
    for claims in of.values():
        for fewer, more in itertools.pairwise(sorted(claims, key=lambda claim: claim.term.top)):
            # One of them as a fraction and the other in percent is another mistake.
            same_scale = fewer.reported.percent == more.reported.percent
            if fewer.term.top < more.term.top and more.reported.value < fewer.reported.value and same_scale:
                yield Problem(
                    f"{more.label} is {percent(more.reported)}, below {fewer.label}, {percent(fewer.reported)}",
                    more.location,
                    related=(fewer.location,),
                )
