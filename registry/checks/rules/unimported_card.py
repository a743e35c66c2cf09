"""A card that no index imports.

What:
    An index imports cards, and this card, in its folder or below, is not among them.

Why:
    The model is published on its page and missing from every list that is made from the index.

Bad:
    # file: model-index.yml
    Import:
    - docs/alexnet.yml
    # file: docs/alexnet.yml
    Models:
    - Name: AlexNet
    # file: docs/vgg.yml
    Models:
    - Name: VGG

Good:
    # file: model-index.yml
    Import:
    - docs/*.yml
    # file: docs/alexnet.yml
    Models:
    - Name: AlexNet
    # file: docs/vgg.yml
    Models:
    - Name: VGG
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from registry.checks.context import Context, nearest
from registry.checks.message_text import short
from registry.checks.rule import Problem, rule
from registry.types import Location

_DIALECTS = ("model-index", "metafile")


@rule("MIR403", "unimported-card", "warning", "index")
def check(whole: Context, context: Context) -> Iterator[Problem]:
    cards = [card for card in context.index.cards if card.dialect in _DIALECTS]
    imported = {file for card in cards for file in card.imports}
    indexes = {posixpath.dirname(card.file): card.file for card in cards if card.imports and card.file not in imported}
    for card in cards:
        if card.file in imported or card.imports or not (card.models or card.collections):
            continue
        index = nearest(card.file, indexes)
        if index:
            location = (
                card.documents[0].source.location(card.documents[0].start)
                if card.documents
                else Location(file=card.file)
            )
            yield Problem(f"the index {short(index)} does not import this card", location)
