"""One collection twice.

What:
    Two collections of an index have the same name.

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

from collections.abc import Iterator

from registry.checks.context import Context
from registry.checks.rule import Problem, rule
from registry.checks.words import short
from registry.types import Collection


@rule("MIR309", "duplicate-collection", "warning", "index")
def check(whole: Context, context: Context) -> Iterator[Problem]:
    first: dict[tuple[str, str], Collection] = {}
    for card in context.index.cards:
        for collection in card.collections:
            other = first.setdefault((context.zoo(card), collection.name), collection)
            if other is not collection and collection.name:
                yield Problem(
                    f"{short(collection.name)} is already a collection at {other.location}",
                    collection.location,
                    related=(other.location,),
                )
