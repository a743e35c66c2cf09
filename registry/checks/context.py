"""What every rule may ask: the index, its models with their numbers read, and what is known of names and hosts."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from registry.checks.entry import Entry
from registry.checks.file_tree import FileTree
from registry.config import Config
from registry.lazy_regex import lazy_regex
from registry.types import Card, Index

_REPOSITORY = lazy_regex(r"github\.com[:/]([^/\s]+/[^/\s#?]+?)(?:\.git)?/?(?:[/#?\s].*)?$")
_CODE = lazy_regex(r"https?://(?:www\.)?github\.com/([^/\s]+/[^/\s]+)/(?:blob|tree)/")
_ENOUGH = 3
"""Links that make a repository the cards' own, where nothing else says so."""


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
        self.vocabulary = config.load_vocabulary()
        self._secure: dict[str, bool] = {}
        self._known_folders: dict[tuple[str, str], tuple[str, ...]] = {}

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
    def files(self) -> FileTree:
        """The files beside the cards."""
        return FileTree(self.index.root)

    @cached_property
    def own_repositories(self) -> frozenset[str]:
        """The repositories on GitHub that the cards are in, as `owner/name`: the libraries', or most code's."""
        said = (field.text for card in self.index.cards if (field := card.library.get("Repository")))
        found = {match[1].casefold() for text in said if (match := _REPOSITORY.search(text))}
        if not found:
            links: Counter[str] = Counter()
            for source in self.index.sources.values():
                links.update(name.casefold() for name in _CODE.findall(source.text))
            name, count = next(iter(links.most_common(1)), ("", 0))
            if count >= _ENOUGH and 3 * count >= 2 * links.total():
                found.add(name)
        return frozenset(found)

    @cached_property
    def imported(self) -> frozenset[str]:
        """The files that some card brings in."""
        return frozenset(file for card in self.index.cards for file in card.imports)

    def folders(self, entry: Entry) -> tuple[str, ...]:
        """Folders that a card's paths may start from: its own, that of the index that imports it, and the root.

        Zoos without a root index write their paths from the repository's root.
        """
        key = entry.card.file, entry.owner.base
        if key not in self._known_folders:
            folders = (entry.owner.base, *self._folders.get(entry.card.file, ()), self.index.root)
            self._known_folders[key] = tuple(dict.fromkeys(folders))
        return self._known_folders[key]

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

    def is_secure(self, host: str) -> bool:
        """Whether some card links to a host with https."""
        if host not in self._secure:
            address = f"https://{host}"
            self._secure[host] = any(address in source.text for source in self.index.sources.values())
        return self._secure[host]


def nearest(file: str, indexes: Mapping[str, str]) -> str:
    """The index in a file's folder or the nearest one above it, by folder; empty where there is none."""
    folder = posixpath.dirname(file)
    while folder not in indexes and folder not in ("", "/"):
        folder = posixpath.dirname(folder)
    return indexes.get(folder, "")


def _folder(file: str) -> str:
    return str(Path(file).absolute().parent)
