"""One collection twice.

What:
    Several collections of an index have the same name. It is said once for each name.

Why:
    Its models inherit from one of them, and which one depends on the program.

Bad:
    Collections:
    - Name: ResNet
      Metadata:
        Epochs: 90
    - Name: ResNet
      Metadata:
        Epochs: 100
    Models:
    - Name: resnet18
      In Collection: ResNet

Good:
    Collections:
    - Name: ResNet
      Metadata:
        Epochs: 90
    Models:
    - Name: resnet18
      In Collection: ResNet
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from registry.checks.message_text import short
from registry.checks.rule import Context, Problem, rule
from registry.checks.shared_facts import collections_of
from registry.checks.whole import Whole
from registry.numbers import counted
from registry.types import Location


@rule("MIR309", "duplicate-collection", "warning", "index", facts=(collections_of,))
def check(whole: Whole, context: Context) -> Iterator[Problem]:
    places: dict[tuple[str, str], list[Location]] = defaultdict(list)
    for card, collections in whole.facts(collections_of):
        for name, place in collections.defined:
            if name:
                places[whole.zoo(card), name].append(place)
    for (_, name), (first, *others) in places.items():
        if others:
            more = f" ({counted(len(others) + 1, 'collection')} of this name)" if len(others) > 1 else ""
            yield Problem(
                f"{short(name)} is already a collection at {first}{more}", others[0], related=(first, *others[1:])
            )
