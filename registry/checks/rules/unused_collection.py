"""A collection without models.

What:
    No model of the index belongs to the collection, though others of its file do belong to one.

Why:
    Its models were renamed or removed, or their `In Collection` is missing.

Bad:
    Collections:
    - Name: ResNet
    - Name: VGG
    Models:
    - Name: resnet18
      In Collection: ResNet

Good:
    Collections:
    - Name: ResNet
    Models:
    - Name: resnet18
      In Collection: ResNet
"""

from __future__ import annotations

from collections.abc import Iterator

from registry.checks.context import Context
from registry.checks.message_text import short
from registry.checks.rule import Problem, rule


@rule("MIR310", "unused-collection", "info", "index")
def check(whole: Context, context: Context) -> Iterator[Problem]:
    used = {model.collection for model in context.index.models}
    for card in context.index.cards:
        if not any(model.collection for model in card.models):
            continue
        for collection in card.collections:
            if collection.name and collection.name not in used:
                yield Problem(f"no model is in the collection {short(collection.name)}", collection.location)
