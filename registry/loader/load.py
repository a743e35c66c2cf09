"""From paths to an index. Each file is read once, whatever leads to it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from registry.dialects import DIALECTS, Content, Context, Dialect, Expected, Reference
from registry.loader.inherit import inherit
from registry.loader.places import OutsideError, Place, TooManyError, index_folder, place, scan
from registry.read import ids, read
from registry.read.document import SUFFIXES
from registry.read.limits import MAX_FILES
from registry.read.problems import Problems
from registry.types import (
    Card,
    Collection,
    Finding,
    Index,
    Location,
    MapNode,
    Model,
    RawDocument,
    SeqNode,
    Severity,
    Source,
    UsageError,
)

_MAX_CHAIN = 50
_UNSURE = {ids.ENCODING, ids.YAML_SYNTAX, ids.JSON_SYNTAX, ids.TOO_DEEP, ids.ALIAS}
"""What is wrong with a file that nobody named may be none of our business: only a card's is reported."""


def load(
    paths: Sequence[Path],
    *,
    root: Path | None = None,
    dialect: str | None = None,
    contents: Mapping[str, bytes] | None = None,
) -> Index:
    """Read cards, what they import, and what their models inherit.

    Args:
        paths: Files, and folders that are searched for cards.
        root: Folder that nothing may be read outside of. Without it, for each path: its repository, else the nearest
            folder at or above it with a `model-index.yml`, else its own folder.
        dialect: Name of the dialect of all files; found out for each where it is `None`.
        contents: What to read instead of what is on disk, by real path: text that is not saved yet. The files need
            not exist.

    Returns:
        The index. What is wrong with the cards is in its findings.

    Raises:
        UsageError: A path does not exist, or there is no such dialect.
    """
    if dialect is not None and dialect not in DIALECTS:
        raise UsageError(f"there is no dialect '{dialect}'; there are {', '.join(DIALECTS)}")
    loader = _Loader(None if dialect is None else DIALECTS[dialect], contents or {})
    roots = []
    for path in paths:
        at = place(path, root)
        if not os.path.lexists(path) and os.path.realpath(path) not in loader.contents:
            raise UsageError(f"there is no file or folder '{path}'")
        roots.append(at.root)
        loader.start(path, at)
    return loader.index(os.path.commonpath(roots) if roots else os.getcwd())


@dataclass(frozen=True, kw_only=True, slots=True)
class _Task:
    """A file to load.

    Attributes:
        file: Real path.
        place: Whose name and root it has.
        chain: The files, real paths, that led to it, outermost first.
        expected: What it is to hold.
        certain: Whether it must be a card: it was named, not found in a folder or by a wildcard.
    """

    file: str
    place: Place
    chain: tuple[str, ...] = ()
    expected: Expected = "index"
    certain: bool = True


class _Loader:
    def __init__(self, dialect: Dialect | None, contents: Mapping[str, bytes]) -> None:
        self.dialect = dialect
        self.contents = contents
        self.documents: dict[str, list[RawDocument]] = {}
        self.cards: dict[str, Card | None] = {}
        self.findings: list[Finding] = []
        self.sources: dict[str, Source] = {}

    def start(self, path: Path, at: Place) -> None:
        """Load one path of the command line."""
        if not path.is_dir():
            self.confined(str(path), at, certain=True)
            return
        before = len(self.cards)
        findings = len(self.findings)
        try:
            for file in scan(at.folder):
                self.confined(file, at, certain=False)
        except TooManyError:
            self.report(
                ids.TOO_MANY, f"the folder holds more than {MAX_FILES:,} files that could be cards", at.name(at.folder)
            )
            return
        found = list(self.cards.values())[before:]
        if not any(found) and len(self.findings) == findings and not self.known_below(at.folder):
            self.report(
                ids.NO_CARD,
                "the folder holds no model card",
                at.name(at.folder),
                hint="Cards are .md, .yml, .yaml and .json files with model metadata; `mir init` writes one.",
            )

    def known_below(self, folder: str) -> bool:
        """Whether a card below the folder was loaded before, by another path of the command line."""
        return any(card is not None and file.startswith(folder + os.sep) for file, card in self.cards.items())

    def confined(self, path: str, at: Place, *, certain: bool) -> None:
        try:
            real = at.confine(path)
        except OutsideError:
            shown = at.name(os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path)))
            self.report(
                ids.OUTSIDE,
                f"is a link out of '{at.name(at.root)}', and is not read",
                shown,
                hint="Copy the file, or give a wider root.",
            )
            return
        self.card(_Task(file=real, place=at, certain=certain))

    def index(self, root: str) -> Index:
        """What was loaded."""
        cards = inherit([card for card in self.cards.values() if card is not None])
        return Index(root=root, cards=cards, findings=tuple(self.findings), sources=self.sources)

    def card(self, task: _Task) -> bool:
        """Load a file and what it imports; say whether it holds anything."""
        if task.file in self.cards:
            return self.cards[task.file] is not None
        self.cards[task.file] = None
        documents = self.read(task.file, task.place)
        shown = task.place.name(task.file)
        models: list[Model] = []
        collections: list[Collection] = []
        references: list[Reference] = []
        known: Dialect | None = None
        used: list[RawDocument] = []
        quiet: list[Finding] = []
        for document in documents:
            dialect = self.recognise(document, task)
            if dialect is None:
                quiet += document.findings
                continue
            known = known or dialect
            used.append(document)
            self.findings += document.findings
            content = self.content(document, dialect, task)
            models += content.models
            collections += content.collections
            references += content.references
        if known is None:
            return self.nothing(task, documents, quiet, shown)
        source = documents[0].source
        self.sources[shown] = source
        card = Card(
            file=shown,
            dialect=known.name,
            models=tuple(models),
            collections=tuple(collections),
            documents=tuple(used),
            body=_body(source, documents),
        )
        self.cards[task.file] = card
        imported = {
            task.place.name(file): None
            for reference in references
            for file in self.resolve(reference, task)
            if self.follow_import(reference, file, task)
        }
        if imported:
            self.cards[task.file] = replace(card, imports=tuple(imported))
        return True

    def recognise(self, document: RawDocument, task: _Task) -> Dialect | None:
        """The dialect of a document, `None` where it is in none."""
        if document.root is None:
            return None
        if self.dialect is not None:
            return self.dialect
        found = next((each for each in DIALECTS.values() if each.matches(document)), None)
        if found is None and task.expected != "index":
            return DIALECTS["model-index"]
        return found

    def content(self, document: RawDocument, dialect: Dialect, task: _Task) -> Content:
        folder = os.path.dirname(task.file)
        problems = Problems(document.source)
        content = dialect.read(
            document,
            Context(
                file=document.source.file,
                folder=folder,
                index_folder=self.index_folder(folder, task),
                expected=task.expected,
                problems=problems,
                follow=lambda reference: self.follow_field(reference, task),
            ),
        )
        self.findings += problems.findings
        return content

    def index_folder(self, folder: str, task: _Task) -> str:
        """Folder of the index that everything started from."""
        if task.chain:
            return os.path.dirname(task.chain[0])
        return str(index_folder(Path(folder)) or folder)

    def nothing(self, task: _Task, documents: list[RawDocument], quiet: list[Finding], shown: str) -> bool:
        """Report what is wrong with a file that holds no card, as far as it was meant to hold one."""
        text = documents[0].source.text if documents else ""
        suspected = any(each.suspects(text) for each in DIALECTS.values())
        told = [finding for finding in quiet if task.certain or suspected or finding.rule not in _UNSURE]
        if told:
            self.sources[shown] = documents[0].source
            self.findings += told
        elif task.certain and not task.chain:
            self.sources[shown] = documents[0].source if documents else Source(file=shown, text="")
            empty = bool(documents) and not text.strip("\ufeff \t\r\n")
            root = documents[0].root if documents else None
            if isinstance(root, MapNode) and _is_field_file(root):
                self.report(
                    ids.NO_CARD,
                    "holds only the metadata or results of a model",
                    shown,
                    severity="info",
                    hint="Check the index that refers to it.",
                )
            else:
                self.report(
                    ids.EMPTY if empty else ids.NO_CARD,
                    "the file is empty" if empty else "the file holds no model card in a known dialect",
                    shown,
                    hint="" if empty else f"Known dialects are {', '.join(DIALECTS)}.",
                )
        return bool(told)

    def read(self, file: str, at: Place) -> list[RawDocument]:
        """The documents of a file, read once."""
        known = self.documents.get(file)
        if known is None:
            known = self.documents[file] = read(Path(file), at.name(file), self.contents.get(file))
        return known

    def follow_import(self, reference: Reference, file: str, task: _Task) -> bool:
        """Load what an `Import`, or a path to models or collections, leads to."""
        chain = (*task.chain, task.file)
        wild = any(sign in reference.text for sign in "*?[")
        if file in chain or len(chain) > _MAX_CHAIN:
            names = (
                " -> ".join(os.path.basename(each) for each in (*chain[chain.index(file) :], file))
                if file in chain
                else ""
            )
            if wild and file == task.file:
                message = f"'{reference.text}' matches the file that it stands in, which is left out"
            elif names:
                message = f"'{reference.text}' imports in a circle: {names}"
            else:
                message = f"imports are nested more than {_MAX_CHAIN} deep"
            self.refuse(ids.CYCLE, message, reference, severity="warning" if wild and file == task.file else "error")
            return False
        found = self.card(
            _Task(file=file, place=task.place, chain=chain, expected=reference.expected, certain=not wild)
        )
        if not found and not wild:
            self.refuse(ids.CONTENT, f"'{reference.text}' holds no {_NOUNS[reference.expected]}", reference)
        return found

    def follow_field(self, reference: Reference, task: _Task) -> Iterator[MapNode | SeqNode]:
        """The roots of the files that a path to metadata or results leads to."""
        for file in self.resolve(reference, task):
            if file not in self.documents:
                for document in self.read(file, task.place):
                    self.findings += document.findings
                    self.sources[document.source.file] = document.source
            roots = [document.root for document in self.read(file, task.place) if document.root is not None]
            if not roots and not any(document.findings for document in self.read(file, task.place)):
                self.refuse(ids.CONTENT, f"'{reference.text}' holds no {_NOUNS[reference.expected]}", reference)
            yield from roots

    def resolve(self, reference: Reference, task: _Task) -> list[str]:
        """The files that a path leads to: from the folder of its file, else from that of the outermost index."""
        folder = os.path.dirname(task.file)
        folders = list(dict.fromkeys((folder, self.index_folder(folder, task))))
        outside = False
        for start in folders:
            try:
                found = [file for file in task.place.expand(reference.text, start) if os.path.lexists(file)]
            except OutsideError:
                outside = True
                continue
            except TooManyError:
                self.refuse(ids.TOO_MANY, f"'{reference.text}' matches more than {MAX_FILES:,} files", reference)
                return []
            except (ValueError, OSError):
                self.refuse(ids.PATH, "is no path", reference)
                return []
            if found:
                return self.readable(found, reference)
        if outside:
            root = task.place.name(task.place.root)
            self.refuse(ids.OUTSIDE, f"'{_short(reference.text)}' leads out of '{root}', and is not read", reference)
        elif any(sign in reference.text for sign in "*?["):
            self.refuse(ids.NOT_FOUND, f"'{_short(reference.text)}' matches no file", reference)
        else:
            self.refuse(ids.NOT_FOUND, f"there is no file '{_short(reference.text)}'", reference)
        return []

    def readable(self, found: list[str], reference: Reference) -> list[str]:
        kept = [file for file in found if os.path.splitext(file)[1].lower() in SUFFIXES]
        if len(kept) < len(found):
            self.refuse(ids.PATH, f"'{_short(reference.text)}' is no {', '.join(SUFFIXES)} file", reference)
        if len(self.documents) + len(kept) > 2 * MAX_FILES:
            self.refuse(ids.TOO_MANY, f"the index brings in more than {MAX_FILES:,} files", reference)
            return []
        return kept

    def refuse(self, rule: str, message: str, reference: Reference, *, severity: Severity = "error") -> None:
        """Report a reference."""
        node, key = reference.node, reference.key
        location = (
            node.location(str(key), reference.path)
            if isinstance(node, MapNode)
            else node.location(int(key), reference.path)
        )
        self.findings.append(Finding(rule=rule, severity=severity, message=message, location=location))

    def report(self, rule: str, message: str, shown: str, *, hint: str = "", severity: Severity = "error") -> None:
        """Report a file or folder as a whole."""
        self.findings.append(
            Finding(rule=rule, severity=severity, message=message, location=Location(file=shown), hint=hint)
        )


_NOUNS: dict[Expected, str] = {
    "index": "model card",
    "models": "models",
    "collections": "collections",
    "metadata": "metadata",
    "results": "results",
}


def _is_field_file(root: MapNode) -> bool:
    """Whether a file is what a `Metadata:` or `Results:` path of an index leads to."""
    return any(key.lower() in ("metadata", "sotagentsdata", "results", "flops", "parameters") for key in root)


def _body(source: Source, documents: list[RawDocument]) -> str:
    """The text of a Markdown file outside of its metadata."""
    text = source.text
    parts, at = [], 0
    for document in documents:
        if document.kind == "comment":
            parts.append(text[at : text.rfind("<!--", at, document.start)])
            at = document.end + len("-->")
        elif document.kind == "front-matter":
            end = text.find("\n", document.end)
            at = len(text) if end < 0 else end + 1
        else:
            return ""
    return "".join((*parts, text[at:])).strip()


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:77] + "..."
