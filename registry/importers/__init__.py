"""Cards made from what a library publishes about its own weights: one importer per file, one line here."""

from collections.abc import Callable, Mapping
from functools import partial

from registry.importers import openmmlab_cards, timm_cards, torchvision_cards
from registry.importers.card_text import ImportedCard
from registry.verify.builders.openmmlab.shim import PACKAGES

IMPORTERS: Mapping[str, Callable[..., list[ImportedCard]]] = {
    **{f"openmmlab:{zoo}": partial(openmmlab_cards.cards, zoo) for zoo in PACKAGES},
    "timm": timm_cards.cards,
    "torchvision": torchvision_cards.cards,
}
"""What makes the cards of each library, by its name, from it and from tables of results that it publishes."""

__all__ = ["IMPORTERS", "ImportedCard"]
