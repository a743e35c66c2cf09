"""From paths to an index. Each file is loaded once, whatever leads to it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from registry.confinement import OutsideError
from registry.dialects import Dialect, Reference
from registry.file_inputs import asked
from registry.loader.file_reader import FileReader, known
from registry.loader.file_store import NOUNS, FileStore, is_wild, short
from registry.loader.inherit import inherit, memberships
from registry.loader.left_out import LeftOut
from registry.loader.load_task import (
    LoadTask,
    imported_task,
)
from registry.loader.missing import missing
from registry.loader.places import INDEX_NAMES, Place, TooManyError, hidden_files, place, scan
from registry.read import ids
from registry.read.document import SUFFIXES
from registry.read.faults import OTHERS, fault, sparing
from registry.read.problems import MAX_FILES, MAX_INHERITED
from registry.types import Card, Collection, Finding, Index, Location, Model, Source

_MAX_CHAIN = 50


def load(
    paths: Sequence[Path],
    *,
    root: Path | None = None,
    dialect: str | None = None,
    contents: Mapping[str, bytes] | None = None,
    processes: int = 1,
    left_out: LeftOut | None = None,
) -> Index:
    """Read cards, what they import, and what their models inherit.

    Args:
        paths: Files, and folders that are searched for cards.
        root: Folder that nothing may be read outside of. Without it, for each path: its repository, else the nearest
            folder at or above it with a `model-index.yml`, else its own folder.
        dialect: Name of the dialect of all files; found out for each where it is `None`.
        contents: What to read instead of what is on disk, by real path: text that is not saved yet. The files need
            not exist.
        processes: How many may read at a time, where there is much to read.
        left_out: What is passed over while folders are searched; what .gitignore leaves out where it is `None`.

    Returns:
        The index. What is wrong with the cards is in its findings.

    Raises:
        UsageError: A path does not exist, or there is no such dialect.
    """
    loader = Loader(known(dialect), FileStore(contents or {}, processes), left_out or LeftOut())
    return loader.index(loader.all(paths, root))


class Loader(FileReader):
    """What is read on the way from paths to an index; see `load`."""

    def __init__(self, dialect: Dialect | None, shelf: FileStore, left_out: LeftOut) -> None:
        super().__init__(dialect, shelf)
        self.left_out = left_out
        self.cards: dict[str, Card | None] = {}
        self.told_too_much = False
        self.named: list[tuple[str, Place]] = []
        self.root = ""
        self._real: dict[str, str] = {}

    def all(self, paths: Sequence[Path], root: Path | None) -> str:
        """Load the paths of the command line, and say which folder they have in common as their root.

        Raises:
            UsageError: One of them does not exist.
        """
        places = []
        for path in paths:
            asked(path)
            contents = self.shelf.contents
            if not os.path.lexists(path) and (not contents or os.path.realpath(path) not in contents):
                raise missing(path)
            places.append(place(path, root))
        self.root = os.path.commonpath([at.root for at in places]) if places else os.getcwd()
        for path, at in zip(paths, places, strict=True):
            self.start(path, at)
        return self.root

    def index(self, root: str) -> Index:
        """What was loaded."""
        raw_cards = tuple(card for card in self.cards.values() if card is not None)
        around, files = self.around(raw_cards)
        read = Index(root=root, cards=raw_cards, around=around)
        cards, faults = sparing("could not be read", self.inherited, read)
        findings = (*self.findings, *self.shelf.findings(), *faults)
        return Index(
            root=root,
            cards=cards,
            findings=findings,
            sources=self.shelf.sources,
            files=(*self.shelf.files, *files),
            around=around,
        )

    def inherited(self, read: Index) -> tuple[Card, ...]:
        """The cards with what their models inherit."""
        return inherit(read.cards, self.too_much, read.around)

    def around(self, cards: Sequence[Card]) -> tuple[tuple[Collection, ...], tuple[str, ...]]:
        """The collections of the indexes above files that were asked for alone, and the files that were read for them.

        Only where a model is of a collection that none of the files defines.
        """
        collection_names = {collection.name for card in cards for collection in card.collections}
        lacking = {
            card.file
            for card in cards
            for model in card.models
            if card.dialect in ("model-index", "metafile") and not collection_names.issuperset(memberships(model))
        }
        indexes = {
            index: at
            for file, at in self.named
            if at.name(file) in lacking and (index := self.shelf.index_file(os.path.dirname(file))) is not None
        }
        other = Loader(self.dialect, FileStore(self.shelf.contents, self.shelf.processes), self.left_out)
        for index, at in indexes.items():
            if index not in self.cards:
                other.confined(index, at, certain=True)
        return tuple(
            collection for card in other.cards.values() if card is not None for collection in card.collections
        ), other.shelf.files

    def too_much(self, model: Model) -> None:
        """Report that models would inherit too much."""
        if self.told_too_much:
            return
        self.told_too_much = True
        message = f"models take over more than {MAX_INHERITED} values from their collections; the rest is left out"
        at = model.location
        self.findings.append(
            Finding(
                rule=ids.TOO_LARGE, severity=ids.READING_RULES[ids.TOO_LARGE].severity, message=message, location=at
            )
        )

    def start(self, path: Path, at: Place) -> None:
        """Load one path of the command line."""
        if not os.path.isdir(path):
            self.confined(str(path), at, certain=True)
            return
        try:
            search = self.left_out.below(at.folder, at.root)
            files = scan(at.folder, search)
        except TooManyError:
            message = f"the folder holds more than {MAX_FILES} files that could be cards"
            self.shelf.report(ids.TOO_MANY, message, at.name(at.folder))
            return
        for file, hidden in search.hidden.items():
            self.shelf.report(ids.CARD_CONFIG, hidden_files(hidden, at), at.name(file), severity="info")
        count = len(self.findings) + len(list(self.shelf.findings()))
        indexes = [file for file in files if os.path.basename(file) in INDEX_NAMES]
        # What an index imports is loaded as its part, so that all others wait for it.
        for some in (indexes, files[len(indexes) :]):
            self.prepare([LoadTask(file=file, place=at, certain=False) for file in some if not os.path.islink(file)])
            for file in some:
                self.confined(file, at, certain=False)
        loaded = any(card is not None and file.startswith(at.folder + os.sep) for file, card in self.cards.items())
        if not loaded and len(self.findings) + len(list(self.shelf.findings())) == count:
            hint = "Cards are .md, .yml, .yaml and .json files with model metadata; `mir init` writes one."
            if self.ignores(at, len(files)):
                hint += " What .gitignore hides is not among them; --no-gitignore reads it."
            self.shelf.report(
                ids.NO_CARD,
                "the folder holds no model card",
                at.name(at.folder),
                hint=hint,
                # A repository of other tools' files has nothing wrong with it; an empty folder is a slip in the path.
                severity="info" if files else None,
            )

    def ignores(self, at: Place, count: int) -> bool:
        """Whether .gitignore hides files of a folder that could be cards, beside those that were seen."""
        try:
            return len(scan(at.folder, self.left_out._replace(gitignore=False).below(at.folder, at.root))) > count
        except TooManyError:
            return True

    def confined(self, path: str, at: Place, *, certain: bool) -> None:
        """Load a file, unless it lies outside of the root, be it through a link."""
        try:
            # What the user names, or keeps in a folder that the user names, need not be anything more than inside.
            real = self.real(path)
            if os.path.basename(path) != os.path.basename(real) or os.path.islink(path) or not at.holds(real):
                real = at.confine(path, suffixes=SUFFIXES)
        except OutsideError as error:
            folder, name = os.path.split(path)
            file = at.name(os.path.join(os.path.realpath(folder), name))
            message = f"{error.reason}; it is not read"
            self.shelf.report(ids.OUTSIDE, message, file, hint="Give a wider root with --root, or copy the file.")
            return
        if certain:
            self.named.append((real, at))
        self.card(LoadTask(file=real, place=at, certain=certain))

    def real(self, path: str) -> str:
        """The real path of a file; that of its folder is worked out once."""
        folder, name = os.path.split(path)
        if name in ("", os.curdir, os.pardir) or os.path.islink(path):
            return os.path.realpath(path)
        if folder not in self._real:
            self._real[folder] = os.path.realpath(folder)
        return os.path.join(self._real[folder], name)

    def card(self, task: LoadTask) -> bool:
        """Load a file and what it imports; say whether it holds anything, be it mistakes."""
        if task.file in self.cards:
            return self.cards[task.file] is not None
        self.cards[task.file] = None
        try:
            return self.load(task)
        except OTHERS:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a file ends in is a finding of that file
            return self.failed(task, error)

    def failed(self, task: LoadTask, error: Exception) -> bool:
        """Note what a file ended in; it holds something."""
        file = task.place.name(task.file)
        self.shelf.sources.setdefault(file, Source(file=file, text=""))
        self.findings.append(fault("could not be read", error, Location(file=file)))
        return True

    def load(self, task: LoadTask) -> bool:
        """Load a file that was not loaded before."""
        loaded = self.read(task)
        card = loaded.card
        if card is None:
            return loaded.holds
        self.cards[task.file] = card
        imported = {
            task.place.name(file): None
            for reference, file in self.references(loaded.references, task, evident=card.evident)
            if self.follow(reference, file, task, evident=card.evident)
        }
        if imported:
            self.cards[task.file] = replace(card, imports=tuple(imported))
        return True

    def prepare(self, tasks: Sequence[LoadTask]) -> None:
        """Read files that are about to be loaded, on several cores where that pays."""
        if tasks:
            self.shelf.fetch([task.file for task in tasks], tasks[0].place)

    def references(
        self, references: Iterable[Reference], task: LoadTask, *, evident: bool
    ) -> Iterator[tuple[Reference, str]]:
        """The files that a card refers to: those that are named, then those that wildcards match."""
        folders = self.folders(task)
        wild: list[Reference] = []
        targets: list[tuple[Reference, str]] = []
        for reference in references:
            if is_wild(reference.text):
                wild.append(reference)
            else:
                targets += [(reference, file) for file in self.shelf.resolve(reference, task.place, folders)]
        self.prepare([imported_task(reference, file, task, evident=evident) for reference, file in targets])
        yield from targets
        for reference in wild:
            files = self.shelf.resolve(reference, task.place, folders)
            self.prepare([imported_task(reference, file, task, evident=evident) for file in files])
            yield from ((reference, file) for file in files)

    def follow(self, reference: Reference, file: str, task: LoadTask, *, evident: bool) -> bool:
        """Load what an `Import`, or a path to models or collections, leads to; say whether it holds anything."""
        chain = (*task.chain, task.file)
        text = short(reference.text)
        wild = is_wild(reference.text)
        if wild and file == task.file:
            message = f"'{text}' matches the file that it stands in, which is left out"
            self.shelf.refuse(ids.CYCLE, message, reference, severity="warning")
        elif file in chain:
            names = " -> ".join(os.path.basename(path) for path in (*chain[chain.index(file) :], file))
            self.shelf.refuse(ids.CYCLE, f"'{text}' imports in a circle: {names}", reference)
        elif len(chain) > _MAX_CHAIN:
            self.shelf.refuse(ids.CYCLE, f"imports are nested more than {_MAX_CHAIN} deep", reference)
        else:
            has_content = self.card(imported_task(reference, file, task, evident=evident))
            if not has_content and not wild:
                self.shelf.refuse(ids.CONTENT, f"'{text}' holds no {NOUNS[reference.expected]}", reference)
            return has_content
        return False
