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

from registry.checks.context import Context
from registry.checks.message_text import plural, short
from registry.checks.rule import Problem, rule
from registry.types import Collection


@rule("MIR309", "duplicate-collection", "warning", "index")
def check(whole: Context, context: Context) -> Iterator[Problem]:
    found: dict[tuple[str, str], list[Collection]] = defaultdict(list)
    for card in context.index.cards:
        for collection in card.collections:
            if collection.name:
                found[context.zoo(card), collection.name].append(collection)
    for (_, name), (first, *others) in found.items():
        if others:
            more = f" ({plural(len(others) + 1, 'collection')} of this name)" if len(others) > 1 else ""
            yield Problem(
                f"{short(name)} is already a collection at {first.location}{more}",
                others[0].location,
                related=(first.location, *(other.location for other in others[1:])),
            )
