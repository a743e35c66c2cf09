"""The files of an index: each read once, and found by the paths that cards print."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from registry.confinement import OutsideError
from registry.dialects import Expected, Reference
from registry.loader.places import INDEX_NAMES, Place, TooManyError, is_file
from registry.parallel import spread
from registry.read import ids, read
from registry.read.document import SUFFIXES
from registry.read.problems import MAX_FILES, Problems
from registry.types import Finding, MapNode, RawDocument, SeqNode, Severity, Source

NOUNS: dict[Expected, str] = {
    "index": "model card",
    "models": "models",
    "collections": "collections",
    "library": "library",
    "metadata": "metadata",
    "results": "results",
}
"""What a file is to hold, in messages."""


_WORTH_FORKING = 2**20
"""Bytes that take longer to read than processes take to start."""

_ENOUGH = 4
"""Processes that read so much faster than one that it makes up for sending what they read."""


class FileStore:
    """What was read, and what is wrong with how files lead to each other.

    Attributes:
        processes: How many may read at a time.
        sources: Every file that has something to say, by its shown name.
    """

    def __init__(self, contents: Mapping[str, bytes], processes: int) -> None:
        self.contents = contents
        self.processes = processes
        self.sources: dict[str, Source] = {}
        self._promised: set[str] = set()
        self._documents: dict[str, list[RawDocument]] = {}
        self._problems: dict[str, Problems] = {}
        self._index_folders: dict[str, str | None] = {}

    @property
    def files(self) -> tuple[str, ...]:
        """Every file that was read, by its real path."""
        return tuple(self._documents)

    def read(self, file: str, place: Place) -> list[RawDocument]:
        """The documents of a file, by its real path."""
        documents = self._documents.get(file)
        if documents is None:
            documents = self._documents[file] = read(Path(file), place.name(file), self.contents.get(file))
        return documents

    def fetch(self, files: Sequence[str], place: Place) -> None:
        """Read files, real paths inside the root, that will be asked for, on several cores where that pays."""
        new = [file for file in files if file not in self._documents and file not in self.contents]
        if self.processes >= _ENOUGH and sum(size_of_file(file) for file in new) > _WORTH_FORKING:
            documents = spread(lambda file: read(Path(file), place.name(file)), new, self.processes)
            self._documents |= zip(new, documents, strict=True)

    def problems(self, source: Source) -> Problems:
        """Where findings about a file go."""
        return self._problems.setdefault(source.file, Problems(source))

    def report(self, rule: str, message: str, file: str, *, hint: str = "", severity: Severity | None = None) -> None:
        """Report a file or folder as a whole."""
        source = self.sources.setdefault(file, Source(file=file, text=""))
        self.problems(source).add(rule, message, hint=hint, severity=severity)

    def refuse(
        self, rule: str, message: str, reference: Reference, *, hint: str = "", severity: Severity | None = None
    ) -> None:
        """Report a path that a card prints."""
        mark = reference.mark
        self.problems(reference.node.source).add(
            rule, message, mark.start, mark.end, path=reference.path, hint=hint, severity=severity
        )

    def findings(self) -> Iterator[Finding]:
        """All that was reported here."""
        for problems in self._problems.values():
            yield from problems.findings

    def index_file(self, folder: str) -> str | None:
        """The `model-index.yml` of the nearest folder at or above, `None` where there is none."""
        files = (os.path.join(self.index_folder(folder), name) for name in INDEX_NAMES)
        return next((file for file in files if is_file(file)), None)

    def index_folder(self, folder: str) -> str:
        """The nearest folder at or above with a `model-index.yml`; the folder itself where there is none."""
        passed, at = [], folder
        while at not in self._index_folders:
            passed.append(at)
            above = os.path.dirname(at)
            if any(is_file(os.path.join(at, name)) for name in INDEX_NAMES):
                self._index_folders[at] = at
            elif above == at:
                self._index_folders[at] = None
            else:
                at = above
        index = self._index_folders[at]
        self._index_folders.update(dict.fromkeys(passed, index))
        return index or folder

    def follow(self, reference: Reference, place: Place, folders: tuple[str, ...]) -> Iterator[MapNode | SeqNode]:
        """The roots of the files that a path to metadata or results leads to."""
        for file in self.resolve(reference, place, folders):
            new = file not in self._documents
            documents = self.read(file, place)
            for document in documents:
                self.sources[document.source.file] = document.source
                if new:
                    self.problems(document.source).findings += document.findings
            roots = [document.root for document in documents if document.root is not None]
            if not roots and not any(document.findings for document in documents):
                self.refuse(ids.CONTENT, f"'{short(reference.text)}' holds no {NOUNS[reference.expected]}", reference)
            yield from roots

    def resolve(self, reference: Reference, place: Place, folders: tuple[str, ...]) -> list[str]:
        """The files, real paths, that a path leads to from the first of the folders where it leads to any."""
        text = short(reference.text)
        problems = self.problems(reference.node.source)
        if problems.full(ids.NOT_FOUND) or problems.full(ids.OUTSIDE):
            return []
        outside = ""
        told_of_matches = False

        def refused(path: str, reason: str) -> None:
            nonlocal told_of_matches
            told_of_matches = True
            message = f"'{text}' matches '{short(place.name(path))}', which {reason}; it is not read"
            self.refuse(ids.OUTSIDE, message, reference)

        for folder in dict.fromkeys(folders):
            try:
                paths = [path for path in place.expand(reference.text, folder, refused) if os.path.lexists(path)]
            except OutsideError as error:
                outside = outside or error.reason
                continue
            except TooManyError:
                self.refuse(ids.TOO_MANY, f"'{text}' matches more than {MAX_FILES} files", reference)
                return []
            except (ValueError, OSError):
                self.refuse(ids.PATH, f"'{text}' is no path", reference)
                return []
            if paths:
                return self._readable(paths, reference)
        if outside:
            self.refuse(ids.OUTSIDE, f"'{text}' {outside}; it is not read", reference)
        elif told_of_matches:
            pass
        elif is_wild(reference.text):
            self.refuse(ids.NOT_FOUND, f"'{text}' matches no file", reference)
        else:
            hint = "Write paths with forward slashes." if "\\" in text else ""
            self.refuse(ids.NOT_FOUND, f"there is no file '{text}'", reference, hint=hint)
        return []

    def _readable(self, paths: list[str], reference: Reference) -> list[str]:
        files = [file for file in paths if os.path.splitext(file)[1].lower() in SUFFIXES]
        if len(files) < len(paths):
            if any(os.path.isdir(file) for file in paths if file not in files):
                kind, hint = "a folder", "Name the files in it, such as 'configs/*/metafile.yml'."
            else:
                kind, hint = f"no file of a kind that is read: {', '.join(SUFFIXES)}", ""
            self.refuse(ids.PATH, f"'{short(reference.text)}' is {kind}", reference, hint=hint)
        self._promised.update(files)
        if len(self._promised) > 2 * MAX_FILES:
            self.refuse(ids.TOO_MANY, f"the index brings in more than {MAX_FILES} files", reference)
            return []
        return files


def size_of_file(file: str) -> int:
    """Bytes of a file; none where nobody can tell."""
    try:
        return os.stat(file).st_size
    except OSError:
        return 0


def is_wild(text: str) -> bool:
    """Whether a path is a wildcard."""
    return any(sign in text for sign in "*?[")


def short(text: str) -> str:
    """A path as messages quote it."""
    return text if len(text) <= 80 else text[:77] + "..."
