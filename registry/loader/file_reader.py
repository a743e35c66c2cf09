"""One file read by itself: which of its documents are cards, and what they hold."""

from __future__ import annotations

import os
from dataclasses import replace

from registry.dialects import DIALECTS, Content, Dialect, DialectContext
from registry.loader.file_store import FileStore
from registry.loader.inherit import body
from registry.loader.load_task import (
    INDEXES,
    LoadedFile,
    LoadTask,
    is_meant,
    is_result_file,
    is_suspected,
    is_template,
)
from registry.read import ids
from registry.types import Card, Finding, RawDocument, UsageError

_UNREAD = {ids.UNREADABLE, ids.TOO_LARGE}
"""What is told of a file that nobody named before anybody knows whether it is a card. All else that is wrong with it is
none of our business where it is none: a template, another tool's settings."""


def known(dialect: str | None) -> Dialect | None:
    """A dialect by its name.

    Raises:
        UsageError: There is none of this name.
    """
    if dialect is not None and dialect not in DIALECTS:
        raise UsageError(f"there is no dialect '{dialect}'; there are {', '.join(DIALECTS)}")
    return None if dialect is None else DIALECTS[dialect]


class FileReader:
    """Reads one file after another; what is wrong with them is in its findings."""

    def __init__(self, dialect: Dialect | None, shelf: FileStore) -> None:
        self.dialect = dialect
        self.shelf = shelf
        self.findings: list[Finding] = []

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
            if dialect is not None or document.kind == "comment" or is_suspected(document):
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

    def recognise(self, document: RawDocument, task: LoadTask) -> Dialect | None:
        """The dialect of a document, `None` where it is in none."""
        if document.root is None:
            return None
        dialects = DIALECTS.values() if self.dialect is None else (self.dialect,)
        able = [dialect for dialect in dialects if document.kind in dialect.kinds]
        if self.dialect is not None and task.certain:
            return able[0] if able else None
        match = next((dialect for dialect in able if dialect.matches(document)), None)
        sure = task.certain or task.chain or os.path.basename(task.file).casefold() in INDEXES
        if match is not None and not sure and not match.evident(document):
            return None
        if match is None and task.expected in ("models", "collections"):
            return DIALECTS["model-index"]
        return match

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

    def nothing(self, documents: list[RawDocument], task: LoadTask) -> bool:
        """Report what is wrong with a file that holds no card, as far as it was meant to hold one."""
        findings = [
            finding
            for document in documents
            for finding in document.findings
            if not is_template(document)
            and (task.certain or (document.root is None and (finding.rule in _UNREAD or is_meant(document, task.file))))
        ]
        file = task.place.name(task.file)
        if findings:
            self.shelf.sources[file] = documents[0].source
            if not task.certain and task.file.endswith(".json"):
                # Folders hold large JSON files of all sorts beside cards, fetched or not.
                large = (ids.TOO_LARGE, ids.UNREADABLE)
                findings = [
                    replace(finding, severity="info") if finding.rule in large else finding for finding in findings
                ]
            self.findings += findings
            return True
        placed = is_result_file(task.file)
        if not (task.certain or placed) or task.chain:
            return False
        root = documents[0].root if documents else None
        if documents and root is None and not documents[0].source.text.strip("\ufeff \t\r\n"):
            self.shelf.report(ids.EMPTY, "the file is empty", file, severity="info")
        else:
            hint = f"Known dialects are {', '.join(DIALECTS)}."
            # Hooks name every file that changed, so that this fails no run.
            message = "the file holds no model card in a known dialect, and is skipped"
            self.shelf.report(ids.NO_CARD, message, file, hint=hint, severity="info")
        return False
