"""A collection that is not there.

What:
    A model's `In Collection` names a collection that nothing in the index defines.

Why:
    The model inherits nothing: its paper, its code and its training settings are lost. Nearly always the name is
    misspelt. A file that is checked alone is checked with the collections of the `model-index.yml` above it. It is said
    once for each name in a file.

Bad:
    Collections:
    - Name: ResNet
    Models:
    - Name: resnet18
      In Collection: ResNets

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
from registry.vocabulary.slips import MOST_GUESSES, KnownNames


@rule("MIR401", "unknown-collection", "warning", "index", facts=(collections_of,))
def check(whole: Whole, context: Context) -> Iterator[Problem]:
    known = {collection.name for _, collections in whole.facts(collections_of) for collection in collections.defined}
    known.update(whole.around)
    names = KnownNames(known)
    hints: dict[str, str] = {}
    for _, collections in whole.facts(collections_of):
        for name, places in collections.strange.items():
            if name in known:
                continue
            if name not in hints and len(hints) < MOST_GUESSES:
                close = names.closest(name)
                hints[name] = f"Is '{close}' meant?" if close else ""
            yield Problem.once(f"there is no collection {short(name)}", places, hints.get(name, ""))
