"""Fewer FLOPs at a higher resolution.

What:
    Two models of one collection whose names differ only in the resolution, and the one with the higher resolution
    reports fewer FLOPs.

Why:
    The same network takes more operations for more pixels. The two numbers, or the two names, were exchanged.

Bad:
    Collections:
    - Name: EfficientNet
    Models:
    - Name: efficientnet-l2_in1k-475px
      In Collection: EfficientNet
      Metadata:
        FLOPs: 484984099280
    - Name: efficientnet-l2_in1k-800px
      In Collection: EfficientNet
      Metadata:
        FLOPs: 174203533416

Good:
    Collections:
    - Name: EfficientNet
    Models:
    - Name: efficientnet-l2_in1k-475px
      In Collection: EfficientNet
      Metadata:
        FLOPs: 174203533416
    - Name: efficientnet-l2_in1k-800px
      In Collection: EfficientNet
      Metadata:
        FLOPs: 484984099280
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator

from registry.checks.card_view import Number
from registry.checks.message_text import short, size
from registry.checks.rule import Context, Problem, rule
from registry.checks.shared_facts import families, siblings_of
from registry.checks.siblings import resolution
from registry.checks.whole import Whole


@rule("MIR311", "resolution-order", "warning", "index", facts=(siblings_of,))
def check(whole: Whole, context: Context) -> Iterator[Problem]:
    for family in families(whole):
        same: dict[str, list[tuple[int, str, Number]]] = defaultdict(list)
        for entry in family:
            if entry.flops is not None:
                rest, pixels = resolution(entry.name)
                if pixels:
                    same[rest].append((pixels, entry.name, entry.flops))
        for entries in same.values():
            for (low, name, other), (high, _, flops) in itertools.pairwise(sorted(entries, key=lambda item: item[0])):
                if low != high and 0 < flops.value < other.value:
                    yield Problem(
                        f"{flops.label} is {size(flops.value)} at {high} pixels, less than the "
                        f"{size(other.value)} that {short(name)} takes at {low}",
                        flops.place,
                        related=(other.place,),
                    )
