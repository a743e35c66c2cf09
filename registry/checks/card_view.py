"""One card as rules look at it, and as they take facts from it."""

from __future__ import annotations

from functools import cached_property

from registry.checks.document_texts import Document
from registry.checks.entry import Entry
from registry.config import Config
from registry.types import Card, Collection, Model
from registry.vocabulary import Vocabulary


class CardView:
    """A card with what several rules ask of it worked out once."""

    def __init__(self, card: Card, vocabulary: Vocabulary) -> None:
        self.card = card
        self.vocabulary = vocabulary

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Its collections, then its models."""
        owners: tuple[Model | Collection, ...] = (*self.card.collections, *self.card.models)
        return tuple(Entry(owner, self.card, self.vocabulary) for owner in owners)

    @cached_property
    def models(self) -> tuple[Entry, ...]:
        """Its models."""
        return tuple(entry for entry in self.entries if entry.model is not None)

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        """Its blocks of metadata."""
        return tuple(Document(self.card, raw) for raw in self.card.documents)


class Context:
    """What a rule may ask beside the card that it looks at.

    Attributes:
        root: Folder, absolute, that nothing may be read outside of.
        config: The project's settings.
        vocabulary: The known metrics, datasets and tasks, with those that the project adds.
    """

    def __init__(self, root: str, config: Config) -> None:
        self.root = root
        self.config = config
        self.vocabulary = config.load_vocabulary()
