"""Everything that was read, as rules look at it that look across cards: a few facts of each card."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from registry.checks.file_tree import FileTree
from registry.checks.rule import Context, facts_name
from registry.lazy_regex import lazy_regex
from registry.types import Location, Source

if TYPE_CHECKING:
    from registry.checks.card_view import CardView

_REPOSITORY = lazy_regex(r"github\.com[:/]([^/\s]+/[^/\s#?]+?)(?:\.git)?/?(?:[/#?\s].*)?$")
_CODE = lazy_regex(r"https?://(?:www\.)?github\.com/([^/\s]+/[^/\s]+)/(?:blob|tree)/")
_HTTPS = lazy_regex(r"https://([A-Za-z0-9.-]{1,253})(?![\w.:-])")
_ENOUGH = 3
"""Links that make a repository the cards' own, where nothing else says so."""

Facts = TypeVar("Facts")


class CardFacts(NamedTuple):
    """What is known of a card once its tree is gone; plain data, which travels from process to process.

    Attributes:
        imports: Files that it brings in.
        place: Where its metadata begins.
        repository: What its library's `Repository` says; empty where it does not.
        linked: How often its file links to code of which repository on GitHub.
        secure: Hosts that its file links to with https.
        facts: What the rules took from it, by the name of who took it.
    """

    file: str
    dialect: str
    imports: tuple[str, ...]
    evident: bool
    holds: bool
    place: Location
    repository: str
    linked: Mapping[str, int]
    secure: tuple[str, ...]
    facts: Mapping[str, Any]


class Whole:
    """What a rule may ask that looks across cards.

    Attributes:
        context: What any rule may ask.
        around: Names of collections that the cards belong to though they are not among what is checked.
        looked_elsewhere: Whether anything else than facts was asked for.
    """

    def __init__(
        self,
        context: Context,
        cards: Sequence[CardFacts],
        sources: Mapping[str, Source],
        around: Collection[str] = (),
    ) -> None:
        self.context = context
        self.cards = cards
        self.around = around
        self.looked_elsewhere = False
        self._sources = sources
        self._known_folders: dict[tuple[str, str], tuple[str, ...]] = {}

    def facts(self, take: Callable[[CardView], Facts | None]) -> Iterator[tuple[CardFacts, Facts]]:
        """What was taken from each card, where there was anything."""
        name = facts_name(take)
        return ((card, card.facts[name]) for card in self.cards if name in card.facts)

    @property
    def sources(self) -> Mapping[str, Source]:
        """Every file that was read, by its shown name."""
        self.looked_elsewhere = True
        return self._sources

    @property
    def files(self) -> FileTree:
        """The files beside the cards."""
        self.looked_elsewhere = True
        return self._files

    @property
    def own_repositories(self) -> frozenset[str]:
        """The repositories on GitHub that the cards are in, as `owner/name`: the libraries', or most code's."""
        self.looked_elsewhere |= bool(self._others)
        return self._own_repositories

    @cached_property
    def _files(self) -> FileTree:
        return FileTree(self.context.root)

    @cached_property
    def _own_repositories(self) -> frozenset[str]:
        repositories = {card.repository for card in self.cards} - {""}
        names = {match[1].casefold() for address in repositories if (match := _REPOSITORY.search(address))}
        if not names:
            links: Counter[str] = Counter()
            for card in self.cards:
                links.update(card.linked)
            for source in self._others:
                links.update(linked(source.text))
            name, count = next(iter(links.most_common(1)), ("", 0))
            if count >= _ENOUGH and 3 * count >= 2 * links.total():
                names.add(name)
        return frozenset(names)

    @cached_property
    def imported(self) -> frozenset[str]:
        """The files that some card brings in."""
        return frozenset(file for card in self.cards for file in card.imports)

    def folders(self, card: CardFacts, base: str) -> tuple[str, ...]:
        """Folders that a card's paths may start from: its own, that of the index that imports it, and the root.

        Zoos without a root index write their paths from the repository's root.
        """
        key = card.file, base
        if key not in self._known_folders:
            folders = (base, *self._folders.get(card.file, ()), self.context.root)
            self._known_folders[key] = tuple(dict.fromkeys(folders))
        return self._known_folders[key]

    @cached_property
    def _folders(self) -> dict[str, list[str]]:
        of = {card.file: [_folder(card.file)] for card in self.cards}
        for card in self.cards:
            for file in card.imports:
                of.setdefault(file, []).append(_folder(card.file))
        return of

    def zoo(self, card: CardFacts) -> str:
        """What a card belongs to: the index that imports it, else the nearest index above it, else all that is left.

        Names must differ within a zoo; two zoos in one repository may both have an AlexNet.
        """
        return self._zoos[card.file]

    @cached_property
    def _zoos(self) -> dict[str, str]:
        importer = {file: card.file for card in reversed(self.cards) for file in card.imports}
        indexes = {
            posixpath.dirname(card.file): card.file
            for card in self.cards
            if card.file not in importer and (card.imports or posixpath.basename(card.file).startswith("model-index."))
        }
        zoos: dict[str, str] = {}
        for card in self.cards:
            file, seen = card.file, {card.file}
            while file in importer and importer[file] not in seen:
                file = importer[file]
                seen.add(file)
            zoos[card.file] = file if card.imports or file != card.file else nearest(file, indexes)
        return zoos

    def is_secure(self, host: str) -> bool:
        """Whether some card links to a host with https."""
        self.looked_elsewhere |= bool(self._others)
        return host in self._secure

    @cached_property
    def _secure(self) -> frozenset[str]:
        of_cards = chain.from_iterable(card.secure for card in self.cards)
        return frozenset(chain(of_cards, *(secure(source.text) for source in self._others)))

    @cached_property
    def _others(self) -> Sequence[Source]:
        """The files that were read and are no cards."""
        card_files = {card.file for card in self.cards}
        return [source for file, source in self._sources.items() if file not in card_files]


def linked(text: str) -> Mapping[str, int]:
    """How often a text links to code of which repository on GitHub, as `owner/name`."""
    return dict(Counter(name.casefold() for name in _CODE.findall(text))) if "github.com/" in text else {}


def secure(text: str) -> tuple[str, ...]:
    """The hosts that a text links to with https, on the usual port."""
    return tuple(sorted({host.lower().rstrip(".") for host in _HTTPS.findall(text)}))


def nearest(file: str, indexes: Mapping[str, str]) -> str:
    """The index in a file's folder or the nearest one above it, by folder; empty where there is none."""
    folder = posixpath.dirname(file)
    while folder not in indexes and folder not in ("", "/"):
        folder = posixpath.dirname(folder)
    return indexes.get(folder, "")


def _folder(file: str) -> str:
    return str(Path(file).absolute().parent)
