"""Files to load, and which of those without a card were meant to be one."""

from __future__ import annotations

import os
from pathlib import PurePath
from typing import NamedTuple

from registry.dialects import DIALECTS, Expected, Reference
from registry.dialects.eval_results import FOLDER as EVAL_RESULTS
from registry.lazy_regex import lazy_regex
from registry.loader.file_store import is_wild
from registry.loader.places import Place
from registry.read.file_text import foreign_kind
from registry.types import Card, RawDocument

_TEMPLATE = lazy_regex(r"(?:---)?\s*+(?:#[^\n]*+\s*+)*+\{[{%#]")
"""What Jinja's templates of front matter begin with."""


INDEXES = frozenset({"model-index.yml", "model-index.yaml", "model-index.json"})


_METAFILES = frozenset({"metafile.yml", "metafile.yaml"})
"""Names of files that are cards or are meant to be; data sets are described in files of the second names too."""


_SUSPECTED = 2**20
"""Characters of a file without metadata that are searched for signs of it."""


class LoadTask(NamedTuple):
    """A file to load.

    Attributes:
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
        holds: Whether it holds anything, be it mistakes.
    """

    card: Card | None
    references: tuple[Reference, ...] = ()
    holds: bool = True


def imported_task(reference: Reference, file: str, task: LoadTask, *, evident: bool) -> LoadTask:
    """The task that a reference in a card makes of a file."""
    return LoadTask(
        file=file,
        place=task.place,
        chain=(*task.chain, task.file),
        expected=reference.expected,
        certain=not is_wild(reference.text),
        evident=evident,
    )


def is_template(document: RawDocument) -> bool:
    """Whether front matter is yet to be written by a program, as in the templates that libraries make cards from."""
    return _TEMPLATE.match(document.source.text, document.start) is not None


def is_meant(document: RawDocument, file: str) -> bool:
    """Whether a document that could not be read was meant to be a card, by its file's place or name, or its text."""
    by_name = os.path.basename(file).casefold() in INDEXES | _METAFILES and not foreign_kind(document.source.text)
    return by_name or is_result_file(file) or is_suspected(document)


def is_result_file(file: str) -> bool:
    """Whether the Hub takes a file for results by its place, whatever it holds."""
    return os.path.basename(os.path.dirname(file)) == EVAL_RESULTS and file.endswith((".yaml", ".yml"))


def is_suspected(document: RawDocument) -> bool:
    """Whether a document that could not be read was meant to be a card."""
    text = document.source.text[document.start : document.start + _SUSPECTED]
    stem = PurePath(document.source.file).name.partition(".")[0]
    by_name = document.kind in ("yaml", "json") and stem in ("model-index", "metafile")
    by_name = by_name and not foreign_kind(document.source.text)
    return document.root is None and (by_name or any(dialect.suspects(text) for dialect in DIALECTS.values()))
