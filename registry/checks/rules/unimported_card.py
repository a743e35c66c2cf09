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

from registry.checks.message_text import short
from registry.checks.rule import Context, Problem, rule
from registry.checks.whole import Whole, nearest

_DIALECTS = ("model-index", "metafile")


@rule("MIR403", "unimported-card", "warning", "index")
def check(whole: Whole, context: Context) -> Iterator[Problem]:
    cards = [card for card in whole.cards if card.dialect in _DIALECTS]
    imported = {file for card in cards for file in card.imports}
    indexes = {posixpath.dirname(card.file): card.file for card in cards if card.imports and card.file not in imported}
    for card in cards:
        if card.file in imported or card.imports or not card.holds:
            continue
        index = nearest(card.file, indexes)
        if index:
            yield Problem(f"the index {short(index)} does not import this card", card.place)
