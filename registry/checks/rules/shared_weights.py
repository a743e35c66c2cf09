"""One file of weights for models that differ.

What:
    Two models name the same weights, but report different numbers of parameters, or different scores on the same data.

Why:
    One file cannot be both. A line was copied from the neighbour and not changed, so that users download the wrong
    model.

Bad:
    Models:
    - Name: resnest101e
      Weights: https://example.org/models/resnest101-22405ba7.pth
      Metadata:
        Parameters: 48280000
    - Name: resnest200e
      Weights: https://example.org/models/resnest101-22405ba7.pth
      Metadata:
        Parameters: 70200000

Good:
    Models:
    - Name: resnest101e
      Weights: https://example.org/models/resnest101-22405ba7.pth
      Metadata:
        Parameters: 48280000
    - Name: resnest200e
      Weights: https://example.org/models/resnest200-75117900.pth
      Metadata:
        Parameters: 70200000
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from registry.checks.agreement import disagreement
from registry.checks.context import Context
from registry.checks.entry import Entry
from registry.checks.rule import Problem, rule
from registry.checks.words import short


@rule("MIR306", "shared-weights", "warning", "index")
def check(whole: Context, context: Context) -> Iterator[Problem]:
    of: dict[str, list[Entry]] = defaultdict(list)
    for entry in context.models:
        weights = entry.owner.fields.get("Weights")
        if weights is not None and not weights.inherited and isinstance(weights.value, str) and weights.value:
            of[weights.value].append(entry)
    for entries in of.values():
        first = entries[0]
        for entry in entries[1:]:
            if entry.owner.name == first.owner.name:
                continue
            differs = disagreement(first, entry, context.vocabulary)
            if differs:
                yield Problem(
                    f"these are also the weights of {short(first.owner.name)}, and the two differ in {differs}",
                    entry.owner.fields["Weights"].location,
                    related=(first.owner.fields["Weights"].location,),
                )
