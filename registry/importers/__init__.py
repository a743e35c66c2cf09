"""Cards made from what a library publishes about its own weights: one importer per file, one line here."""

from collections.abc import Callable, Mapping

from registry.importers import torchvision
from registry.importers.card import ImportedCard

IMPORTERS: Mapping[str, Callable[[], list[ImportedCard]]] = {"torchvision": torchvision.cards}
"""What makes the cards of each library, by its name."""

__all__ = ["IMPORTERS", "ImportedCard"]
