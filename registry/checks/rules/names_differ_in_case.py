"""Two models whose names differ only in case.

What:
    Two models of an index have the same name but for upper and lower case, hyphens and underscores.

Why:
    Their pages and files collide where case does not count, as on most desktops, and people mistake one for the other.

Bad:
    Models:
    - Name: ResNet-50
    - Name: resnet_50

Good:
    Models:
    - Name: ResNet-50
    - Name: resnet_50_v2
"""

from __future__ import annotations

from collections.abc import Iterator

from registry.checks.message_text import short
from registry.checks.rule import Context, Problem, rule
from registry.checks.shared_facts import NamedPlace, names_of
from registry.checks.whole import Whole
from registry.vocabulary import fold


@rule("MIR505", "names-differ-in-case", "warning", "index", facts=(names_of,))
def check(whole: Whole, context: Context) -> Iterator[Problem]:
    first: dict[tuple[str, str], NamedPlace] = {}
    for card, models in whole.facts(names_of):
        for model in models if card.dialect not in ("eval-results", "huggingface") else ():
            other = first.setdefault((whole.zoo(card), fold(model.name)), model)
            if other.name != model.name:
                place = other.place
                message = f"{short(model.name)} differs from {short(other.name)} at {place} only in spelling"
                yield Problem(message, model.place, related=(place,))
