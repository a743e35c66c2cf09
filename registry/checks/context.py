"""What rules look at: the index as documents with their leaves, and as entries with their numbers read."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from registry.checks.addresses import KEYS, Url, key_of, parse_url
from registry.checks.entry import Entry
from registry.checks.leaves import Leaf, leaves
from registry.checks.shape import PARTS, plan_of
from registry.checks.spelling import Plan, structure
from registry.config import Config
from registry.types import Card, Index, MapNode, RawDocument, SeqNode
from registry.vocabulary import Vocabulary, fold

_NAMES = frozenset({"dataset", "task", "name"})
_SECURE = re.compile(r"https://([A-Za-z0-9.\-]+)")


class Document:
    """One block of metadata, and the card that it belongs to.

    Attributes:
        leaves: Its single values.
        texts: Those that are texts.
        empty: Those that say nothing: empty texts, lists and mappings, and nulls.
        urls: Texts that are http or https URLs, with their parts.
        addresses: Other texts that stand where an address belongs, or that look like one.
        names: Texts under `Dataset`, `Task` or `Name`.
        spelled: Every mapping whose keys the dialect documents, with them and its path in the data.
        exact: Whether all of those keys are in their documented spelling.
    """

    def __init__(self, card: Card, raw: RawDocument) -> None:
        self.card = card
        self.raw = raw
        self.leaves: list[Leaf] = []
        self.texts: list[Leaf] = []
        self.empty: list[Leaf] = []
        self.urls: list[tuple[Leaf, Url]] = []
        self.addresses: list[Leaf] = []
        self.names: list[Leaf] = []
        self.spelled: list[tuple[MapNode, Plan, str]] = []
        self.exact = True
        if isinstance(raw.root, MapNode | SeqNode):
            self.leaves = leaves(raw.root)
            self._sort()
            if card.dialect in PARTS:
                self.spelled = list(structure(raw.root, plan_of(card.dialect)))
                self.exact = all(
                    key in plan.children or fold(key) not in plan.names
                    for node, plan, _ in self.spelled
                    for key in node
                )

    def _sort(self) -> None:
        for leaf in self.leaves:
            value = leaf.value
            if isinstance(value, str):
                self.texts.append(leaf)
                url = parse_url(value) if value.startswith("http") else None
                if url is not None:
                    self.urls.append((leaf, url))
                elif "/" in value or ":" in value or key_of(leaf) in KEYS:
                    self.addresses.append(leaf)
                if isinstance(leaf.key, str) and fold(leaf.key) in _NAMES:
                    self.names.append(leaf)
            if not value and value is not False and value != 0:
                self.empty.append(leaf)


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

    def folders(self, entry: Entry) -> tuple[str, ...]:
        """Folders that a card's relative paths may start from: its own, and that of the index that imports it."""
        return (entry.owner.base, *self._folders.get(entry.card.file, ()))

    @cached_property
    def _folders(self) -> dict[str, list[str]]:
        of = {card.file: [_folder(card.file)] for card in self.index.cards}
        for card in self.index.cards:
            for file in card.imports:
                of.setdefault(file, []).append(_folder(card.file))
        return of

    def zoo(self, card: Card) -> str:
        """What a card belongs to: the index that imports it, else the nearest index above it, else all that is left.

        Names must differ within a zoo; two zoos in one repository may both have an AlexNet.
        """
        return self._zoos[card.file]

    @cached_property
    def _zoos(self) -> dict[str, str]:
        importer = {file: card.file for card in reversed(self.index.cards) for file in card.imports}
        indexes = {
            posixpath.dirname(card.file): card.file
            for card in self.index.cards
            if card.file not in importer and (card.imports or posixpath.basename(card.file).startswith("model-index."))
        }
        found: dict[str, str] = {}
        for card in self.index.cards:
            file, seen = card.file, {card.file}
            while file in importer and importer[file] not in seen:
                file = importer[file]
                seen.add(file)
            found[card.file] = file if card.imports or file != card.file else nearest(file, indexes)
        return found

    @cached_property
    def secure_hosts(self) -> frozenset[str]:
        """Hosts that some card links to with https."""
        return frozenset(
            host.casefold() for source in self.index.sources.values() for host in _SECURE.findall(source.text)
        )


def nearest(file: str, indexes: Mapping[str, str]) -> str:
    """The index in a file's folder or the nearest one above it, by folder; empty where there is none."""
    folder = posixpath.dirname(file)
    while folder not in indexes and folder not in ("", "/"):
        folder = posixpath.dirname(folder)
    return indexes.get(folder, "")


def _folder(file: str) -> str:
    return str(Path(file).absolute().parent)
