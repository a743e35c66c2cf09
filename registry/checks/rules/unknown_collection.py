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

import difflib
from collections.abc import Iterator

from registry.checks.context import Context
from registry.checks.rule import Problem, rule
from registry.checks.words import short


@rule("MIR401", "unknown-collection", "warning", "index")
def check(whole: Context, context: Context) -> Iterator[Problem]:
    known = {collection.name for collection in context.index.collections}
    for model in context.index.models:
        if not model.collection or model.collection in known:
            continue
        field = model.fields.get("In Collection")
        close = difflib.get_close_matches(model.collection, known, n=1)
        hint = f"Is '{close[0]}' meant?" if close else ""
        location = model.location if field is None else field.location
        yield Problem(f"there is no collection {short(model.collection)}", location, hint)
