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

from registry.checks.message_text import short
from registry.checks.rule import Context, Problem, rule
from registry.checks.shared_facts import collections_of
from registry.checks.whole import Whole


@rule("MIR310", "unused-collection", "info", "index", facts=(collections_of,))
def check(whole: Whole, context: Context) -> Iterator[Problem]:
    used = {name for _, collections in whole.facts(collections_of) for name in collections.used}
    for _, collections in whole.facts(collections_of):
        for name, place in collections.defined if collections.used else ():
            if name and name not in used:
                yield Problem(f"no model is in the collection {short(name)}", place)
