"""From paths to an index. Each file is loaded once, whatever leads to it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePath
from typing import NamedTuple

from registry.confinement import OutsideError
from registry.dialects import DIALECTS, Content, Dialect, DialectContext, Expected, Reference
from registry.dialects.eval_results import FOLDER as EVAL_RESULTS
from registry.file_inputs import asked
from registry.lazy_regex import lazy_regex
from registry.loader.file_store import NOUNS, FileStore, is_wild, short
from registry.loader.inherit import body, inherit
from registry.loader.left_out import LeftOut
from registry.loader.missing import missing
from registry.loader.places import INDEX_NAMES, Place, TooManyError, place, scan
from registry.read import ids
from registry.read.document import SUFFIXES
from registry.read.faults import OTHERS, fault, sparing
from registry.read.file_text import foreign_kind
from registry.read.problems import MAX_FILES, MAX_INHERITED
from registry.types import Card, Collection, Finding, Index, Location, Model, RawDocument, Source, UsageError

_MAX_CHAIN = 50
_UNREAD = {ids.UNREADABLE, ids.TOO_LARGE}
"""What is told of a file that nobody named before anybody knows whether it is a card. All else that is wrong with it is
none of our business where it is none: a template, another tool's settings."""

_TEMPLATE = lazy_regex(r"(?:---)?\s*(?:#[^\n]*\s*)*\{[{%#]")
"""What Jinja's templates of front matter begin with."""

_INDEXES = frozenset({"model-index.yml", "model-index.yaml", "model-index.json"})
_METAFILES = frozenset({"metafile.yml", "metafile.yaml"})
"""Names of files that are cards or are meant to be; data sets are described in files of the second names too."""

_SUSPECTED = 2**20
"""Characters of a file without metadata that are searched for signs of it."""


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


def known(dialect: str | None) -> Dialect | None:
    """A dialect by its name.

    Raises:
        UsageError: There is none of this name.
    """
    if dialect is not None and dialect not in DIALECTS:
        raise UsageError(f"there is no dialect '{dialect}'; there are {', '.join(DIALECTS)}")
    return None if dialect is None else DIALECTS[dialect]


class LoadTask(NamedTuple):
    """A file to load.

    Attributes:
        file: Real path.
        place: Whose name and root it has.
        chain: The files, real paths, that led to it, outermost first.
        expected: What it is to hold.
        certain: Whether it must be a card: it was named, not found in a folder or by a wildcard.
        evident: Whether what led to it is surely a card, so that this is one as well.
    """

    file: str
    place: Place
    chain: tuple[str, ...] = ()
    expected: Expected = "index"
    certain: bool = True
    evident: bool = False


class LoadedFile(NamedTuple):
    """What a file holds by itself.

    Attributes:
        card: The card, without what it imports; `None` where the file is none.
        references: The files that it brings in.
        holds: Whether it holds anything, be it mistakes.
    """

    card: Card | None
    references: tuple[Reference, ...] = ()
    holds: bool = True


_FEW = 5
"""Paths that one message names."""


def _hides(paths: list[str], at: Place) -> str:
    names = ", ".join(f"'{at.name(path)}'" for path in paths[:_FEW])
    more = f" and {len(paths) - _FEW} more" if len(paths) > _FEW else ""
    return f"leaves out {names}{more}; --no-gitignore reads them"


class Loader:
    """What is read on the way from paths to an index; see `load`."""

    def __init__(self, dialect: Dialect | None, shelf: FileStore, left_out: LeftOut) -> None:
        self.left_out = left_out
        self.dialect = dialect
        self.shelf = shelf
        self.cards: dict[str, Card | None] = {}
        self.findings: list[Finding] = []
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
        found = tuple(card for card in self.cards.values() if card is not None)
        around, files = self.around(found)
        read = Index(root=root, cards=found, around=around)
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
        known = {collection.name for card in cards for collection in card.collections}
        lacking = {
            card.file
            for card in cards
            for model in card.models
            if model.collection and model.collection not in known and card.dialect in ("model-index", "metafile")
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
            self.shelf.report(ids.CARD_CONFIG, _hides(hidden, at), at.name(file), severity="info")
        told = len(self.findings) + len(list(self.shelf.findings()))
        indexes = [file for file in files if os.path.basename(file) in INDEX_NAMES]
        # What an index imports is loaded as its part, so that all others wait for it.
        for some in (indexes, files[len(indexes) :]):
            self.prepare([LoadTask(file=file, place=at, certain=False) for file in some if not os.path.islink(file)])
            for file in some:
                self.confined(file, at, certain=False)
        loaded = any(card is not None and file.startswith(at.folder + os.sep) for file, card in self.cards.items())
        if not loaded and len(self.findings) + len(list(self.shelf.findings())) == told:
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

    def ignores(self, at: Place, seen: int) -> bool:
        """Whether .gitignore hides files of a folder that could be cards, beside those that were seen."""
        try:
            return len(scan(at.folder, replace(self.left_out, gitignore=False).below(at.folder, at.root))) > seen
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
            shown = at.name(os.path.join(os.path.realpath(folder), name))
            message = f"{error.reason}; it is not read"
            self.shelf.report(ids.OUTSIDE, message, shown, hint="Give a wider root with --root, or copy the file.")
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
        shown = task.place.name(task.file)
        self.shelf.sources.setdefault(shown, Source(file=shown, text=""))
        self.findings.append(fault("could not be read", error, Location(file=shown)))
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

    def read(self, task: LoadTask) -> LoadedFile:
        """Read a file."""
        documents = self.shelf.read(task.file, task.place)
        read = [(document, self.recognise(document, task)) for document in documents]
        dialects = [dialect for _, dialect in read if dialect is not None]
        if not dialects:
            return LoadedFile(None, holds=self.nothing(documents, task))
        source = documents[0].source
        self.shelf.sources[source.file] = source
        contents: list[Content] = []
        for document, dialect in read:
            if dialect is not None:
                contents.append(self.content(document, dialect, task))
            if dialect is not None or document.kind == "comment" or _suspected(document):
                self.findings += document.findings
        card = Card(
            file=source.file,
            dialect=dialects[0].name,
            models=tuple(model for content in contents for model in content.models),
            collections=tuple(collection for content in contents for collection in content.collections),
            documents=tuple(document for document, dialect in read if dialect is not None),
            library={name: field for content in contents for name, field in content.library.items()},
            body=body(source, documents),
            evident=task.evident or any(dialect.evident(document) for document, dialect in read if dialect is not None),
        )
        return LoadedFile(card, tuple(reference for content in contents for reference in content.references))

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
        named: list[tuple[Reference, str]] = []
        for reference in references:
            if is_wild(reference.text):
                wild.append(reference)
            else:
                named += [(reference, file) for file in self.shelf.resolve(reference, task.place, folders)]
        self.prepare([_imported(reference, file, task, evident=evident) for reference, file in named])
        yield from named
        for reference in wild:
            found = self.shelf.resolve(reference, task.place, folders)
            self.prepare([_imported(reference, file, task, evident=evident) for file in found])
            yield from ((reference, file) for file in found)

    def recognise(self, document: RawDocument, task: LoadTask) -> Dialect | None:
        """The dialect of a document, `None` where it is in none."""
        if document.root is None:
            return None
        tried = DIALECTS.values() if self.dialect is None else (self.dialect,)
        able = [dialect for dialect in tried if document.kind in dialect.kinds]
        if self.dialect is not None and task.certain:
            return able[0] if able else None
        found = next((dialect for dialect in able if dialect.matches(document)), None)
        sure = task.certain or task.chain or os.path.basename(task.file).casefold() in _INDEXES
        if found is not None and not sure and not found.evident(document):
            return None
        if found is None and task.expected in ("models", "collections"):
            return DIALECTS["model-index"]
        return found

    def content(self, document: RawDocument, dialect: Dialect, task: LoadTask) -> Content:
        """What a document holds."""
        folders = self.folders(task)
        context = DialectContext(
            file=document.source.file,
            folder=folders[0],
            index_folder=folders[1],
            expected=task.expected,
            problems=self.shelf.problems(document.source),
            follow=lambda reference: self.shelf.follow(reference, task.place, folders),
        )
        return dialect.read(document, context)

    def folders(self, task: LoadTask) -> tuple[str, str]:
        """Where the paths of a file may start from: its own folder, and that of the index that everything is in."""
        folder = os.path.dirname(task.file)
        return folder, os.path.dirname(task.chain[0]) if task.chain else self.shelf.index_folder(folder)

    def follow(self, reference: Reference, file: str, task: LoadTask, *, evident: bool) -> bool:
        """Load what an `Import`, or a path to models or collections, leads to; say whether it holds anything."""
        chain = (*task.chain, task.file)
        text = short(reference.text)
        wild = is_wild(reference.text)
        if wild and file == task.file:
            message = f"'{text}' matches the file that it stands in, which is left out"
            self.shelf.refuse(ids.CYCLE, message, reference, severity="warning")
        elif file in chain:
            names = " -> ".join(os.path.basename(each) for each in (*chain[chain.index(file) :], file))
            self.shelf.refuse(ids.CYCLE, f"'{text}' imports in a circle: {names}", reference)
        elif len(chain) > _MAX_CHAIN:
            self.shelf.refuse(ids.CYCLE, f"imports are nested more than {_MAX_CHAIN} deep", reference)
        else:
            found = self.card(_imported(reference, file, task, evident=evident))
            if not found and not wild:
                self.shelf.refuse(ids.CONTENT, f"'{text}' holds no {NOUNS[reference.expected]}", reference)
            return found
        return False

    def nothing(self, documents: list[RawDocument], task: LoadTask) -> bool:
        """Report what is wrong with a file that holds no card, as far as it was meant to hold one."""
        told = [
            finding
            for document in documents
            for finding in document.findings
            if not _is_template(document)
            and (task.certain or (document.root is None and (finding.rule in _UNREAD or _meant(document, task.file))))
        ]
        shown = task.place.name(task.file)
        if told:
            self.shelf.sources[shown] = documents[0].source
            if not task.certain and task.file.endswith(".json"):
                # Folders hold large JSON files of all sorts beside cards, fetched or not.
                large = (ids.TOO_LARGE, ids.UNREADABLE)
                told = [replace(each, severity="info") if each.rule in large else each for each in told]
            self.findings += told
            return True
        placed = _is_result_file(task.file)
        if not (task.certain or placed) or task.chain:
            return False
        root = documents[0].root if documents else None
        if documents and root is None and not documents[0].source.text.strip("\ufeff \t\r\n"):
            self.shelf.report(ids.EMPTY, "the file is empty", shown, severity="info")
        else:
            hint = f"Known dialects are {', '.join(DIALECTS)}."
            # Hooks name every file that changed, so that this fails no run.
            message = "the file holds no model card in a known dialect, and is skipped"
            self.shelf.report(ids.NO_CARD, message, shown, hint=hint, severity="info")
        return False


def _imported(reference: Reference, file: str, task: LoadTask, *, evident: bool) -> LoadTask:
    """The task that a reference in a card makes of a file."""
    return LoadTask(
        file=file,
        place=task.place,
        chain=(*task.chain, task.file),
        expected=reference.expected,
        certain=not is_wild(reference.text),
        evident=evident,
    )


def _is_template(document: RawDocument) -> bool:
    """Whether front matter is yet to be written by a program, as in the templates that libraries make cards from."""
    return _TEMPLATE.match(document.source.text, document.start) is not None


def _meant(document: RawDocument, file: str) -> bool:
    """Whether a document that could not be read was meant to be a card, by its file's place or name, or its text."""
    known = os.path.basename(file).casefold() in _INDEXES | _METAFILES and not foreign_kind(document.source.text)
    return known or _is_result_file(file) or _suspected(document)


def _is_result_file(file: str) -> bool:
    """Whether the Hub takes a file for results by its place, whatever it holds."""
    return os.path.basename(os.path.dirname(file)) == EVAL_RESULTS and file.endswith((".yaml", ".yml"))


def _suspected(document: RawDocument) -> bool:
    """Whether a document that could not be read was meant to be a card."""
    text = document.source.text[document.start : document.start + _SUSPECTED]
    stem = PurePath(document.source.file).name.partition(".")[0]
    named = document.kind in ("yaml", "json") and stem in ("model-index", "metafile")
    named = named and not foreign_kind(document.source.text)
    return document.root is None and (named or any(dialect.suspects(text) for dialect in DIALECTS.values()))
