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

from registry.checks.context import Context
from registry.checks.entry import Entry
from registry.checks.message_text import short, size
from registry.checks.rule import Problem, rule
from registry.checks.siblings import families, resolution


@rule("MIR311", "resolution-order", "warning", "index")
def check(whole: Context, context: Context) -> Iterator[Problem]:
    for family in families(context.models).values():
        same: dict[str, list[tuple[int, Entry]]] = defaultdict(list)
        for entry in family:
            if "flops" in entry.counts:
                rest, pixels = resolution(entry.owner.name)
                if pixels:
                    same[rest].append((pixels, entry))
        for entries in same.values():
            for (low, smaller), (high, larger) in itertools.pairwise(sorted(entries, key=lambda item: item[0])):
                claim, other = larger.counts["flops"], smaller.counts["flops"]
                if low != high and 0 < claim.reported.value < other.reported.value:
                    yield Problem(
                        f"{claim.label} is {size(claim.reported.value)} at {high} pixels, less than the "
                        f"{size(other.reported.value)} that {short(smaller.owner.name)} takes at {low}",
                        claim.location,
                        related=(other.location,),
                    )
