"""A collection that is not there.

What:
    A model's `In Collection` names a collection that nothing in the index defines.

Why:
    The model inherits nothing: its paper, its code and its training settings are lost. Nearly always the name is
    misspelt. (Check the whole index, not one of its files, where collections stand in a file of their own.)

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

from registry.checks.context import Context
from registry.checks.rule import Problem, rule
from registry.checks.words import short
from registry.vocabulary.slips import MOST_GUESSES, KnownNames


@rule("MIR401", "unknown-collection", "warning", "index")
def check(whole: Context, context: Context) -> Iterator[Problem]:
    known = {collection.name for collection in context.index.collections}
    names = KnownNames(known)
    hints: dict[str, str] = {}
    for model in context.index.models:
        name = model.collection
        if not name or name in known:
            continue
        if name not in hints and len(hints) < MOST_GUESSES:
            close = names.closest(name)
            hints[name] = f"Is '{close}' meant?" if close else ""
        field = model.fields.get("In Collection")
        location = model.location if field is None else field.location
        yield Problem(f"there is no collection {short(name)}", location, hints.get(name, ""))
