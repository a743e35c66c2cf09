"""What rules look at: the index as documents with their leaves, and as entries with their numbers read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from urllib.parse import SplitResult

from registry.checks.addresses import http_urls
from registry.checks.entry import Entry
from registry.checks.leaves import Leaf, leaves
from registry.config import Config
from registry.types import Card, Index, MapNode, RawDocument, SeqNode
from registry.vocabulary import Vocabulary

_SECURE = re.compile(r"https://([A-Za-z0-9.\-]+)")


class Document:
    """One block of metadata, and the card that it belongs to.

    Attributes:
        leaves: Its single values.
        texts: Those that are texts.
        empty: Those that say nothing: empty texts, lists and mappings, and nulls.
    """

    def __init__(self, card: Card, raw: RawDocument) -> None:
        self.card = card
        self.raw = raw
        self.leaves: list[Leaf] = leaves(raw.root) if isinstance(raw.root, MapNode | SeqNode) else []
        self.empty = [leaf for leaf in self.leaves if not leaf.value and leaf.value is not False and leaf.value != 0]
        self.texts = [leaf for leaf in self.leaves if isinstance(leaf.value, str)]

    @cached_property
    def urls(self) -> list[tuple[Leaf, SplitResult]]:
        """The texts that are http or https URLs, with their parts."""
        return list(http_urls(self.texts))


class Context:
    """What every rule may ask.

    Attributes:
        index: Everything that was read.
        config: The project's settings.
        vocabulary: The known metrics, datasets and tasks, with those that the project adds.
    """

    def __init__(self, index: Index, config: Config) -> None:
        self.index = index
        self.config = config
        files = tuple(str(config.folder / name) for name in config.vocabulary)
        self.vocabulary = Vocabulary.load(*files)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """All models and collections, card by card."""
        found: list[Entry] = []
        for card in self.index.cards:
            found.extend(Entry(collection, card, self.vocabulary) for collection in card.collections)
            found.extend(Entry(model, card, self.vocabulary) for model in card.models)
        return tuple(found)

    @cached_property
    def models(self) -> tuple[Entry, ...]:
        """All models."""
        return tuple(entry for entry in self.entries if entry.model is not None)

    @cached_property
    def secure_hosts(self) -> frozenset[str]:
        """Hosts that some card links to with https."""
        return frozenset(
            host.casefold() for source in self.index.sources.values() for host in _SECURE.findall(source.text)
        )

    def documents(self) -> Iterator[Document]:
        """All blocks of metadata, one at a time: the leaves of a large index need not be in memory together."""
        for card in self.index.cards:
            for raw in card.documents:
                yield Document(card, raw)
