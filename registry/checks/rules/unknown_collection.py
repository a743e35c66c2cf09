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

from collections import defaultdict
from collections.abc import Iterator

from registry.checks.context import Context
from registry.checks.message_text import short, times
from registry.checks.rule import Problem, rule
from registry.types import Location
from registry.vocabulary.slips import MOST_GUESSES, KnownNames


@rule("MIR401", "unknown-collection", "warning", "index")
def check(whole: Context, context: Context) -> Iterator[Problem]:
    index = context.index
    known = {collection.name for collection in (*index.collections, *index.around)}
    names = KnownNames(known)
    found: dict[tuple[str, str], list[Location]] = defaultdict(list)
    for model in index.models:
        if model.collection and model.collection not in known:
            field = model.fields.get("In Collection")
            found[model.file, model.collection].append(model.location if field is None else field.location)
    hints: dict[str, str] = {}
    for (_, name), places in found.items():
        if name not in hints and len(hints) < MOST_GUESSES:
            close = names.closest(name)
            hints[name] = f"Is '{close}' meant?" if close else ""
        yield Problem(
            f"there is no collection {short(name)}{times(len(places))}",
            places[0],
            hints.get(name, ""),
            related=tuple(places[1:]),
        )
