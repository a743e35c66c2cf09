"""A file that is not there.

What:
    A `README`, `Config` or `Image` names a file, and there is none, neither from the card's folder nor from that of the
    index that imports it, nor from the repository's root. It is said once for each file that is missing. What lies in a
    git submodule that was not checked out is not judged. `Weights` that are not here are a warning where a file is
    nearly called so, otherwise a remark. Where not one of at least five such files is there, the
    metadata was taken out of its repository; that is said once, as a remark, and so is a README where none is here.

Why:
    Readers get a dead link, and tools that download the configuration fail.

Bad:
    Models:
    - Name: AlexNet
      README: docs/alexnet.md

Good:
    # file: model-index.yml
    Models:
    - Name: AlexNet
      README: docs/alexnet.md
    # file: docs/alexnet.md
    AlexNet is a convolutional network.
"""

from __future__ import annotations

import os
import urllib.parse
from collections import defaultdict
from collections.abc import Iterator
from pathlib import PurePath
from typing import NamedTuple

from registry.checks.addresses import local_path, names_file
from registry.checks.card_view import CardView, Entry
from registry.checks.file_tree import FileTree, closest, suggestion
from registry.checks.message_text import short
from registry.checks.rule import Context, Problem, rule
from registry.checks.whole import Whole
from registry.dialects.dialect import make_field
from registry.files import relative
from registry.numbers import counted
from registry.types import Field, Location, MapNode, SeqNode, child_path
from registry.vocabulary.slips import MOST_GUESSES

_KEYS = ("README", "Config", "Image", "Weights")
_MANY = 5


class _Said(NamedTuple):
    """A file that a card names: under which key, how, from which folder, and where."""

    key: str
    value: str
    base: str
    place: Location


class _Named(NamedTuple):
    value: str
    place: Location
    paths: tuple[str, ...]
    there: bool


def files_of(view: CardView) -> list[_Said]:
    """The files that a card names."""
    return [
        _Said(key, field.value, entry.owner.base, field.location)
        for entry in view.entries
        for key, field in _fields(entry)
        if names_file(field)
    ]


@rule("MIR402", "missing-file", "error", "index", facts=(files_of,))
def check(whole: Whole, context: Context) -> Iterator[Problem]:
    files = whole.files
    by_key: dict[str, list[_Named]] = defaultdict(list)
    for card, mentions in whole.facts(files_of):
        for key, value, base, place in mentions:
            candidates = (local_path(value, folder, context.root) for folder in whole.folders(card, base))
            paths = tuple(path for path in candidates if path)
            if paths:
                present = any(files.has(path) for path in paths) or any(files.is_absent(path) for path in paths)
                by_key[key].append(_Named(value, place, paths, present))
    for key, fields in list(by_key.items()):
        missing = [field for field in fields if not field.there]
        # A package brings its configurations along, and no README at all.
        packed = key == "README" and any(config.there for config in by_key["Config"]) and not _anywhere(missing, files)
        if key == "Weights":
            yield from _weights(missing, files)
        elif missing and len(missing) == len(fields) and (packed or len(fields) >= _MANY):
            yield Problem(
                f"none of the {len(fields)} files that cards name as {key} is here, such as {short(missing[0].value)}"
                if len(fields) > 1
                else f"the file that the card names as {key} is not here: {short(missing[0].value)}",
                missing[0].place,
                hint="Is this the metadata without its repository?",
                severity="info",
            )
        else:
            yield from _missing(key, missing, files)


def _weights(missing: list[_Named], files: FileTree) -> Iterator[Problem]:
    """Weights are large, and many repositories leave them out; that a file is nearly called so is another matter."""
    for field in missing[:MOST_GUESSES]:
        path, close = PurePath(field.value), PurePath(_meant(field, files))
        if not path.suffix or "://" in field.value:
            continue
        alike = path.suffix == close.suffix or path.stem == close.stem
        yield Problem(
            f"Weights names the file {short(field.value)}, which is not here",
            field.place,
            hint=suggestion(path.as_posix(), close.as_posix()) if alike else "",
            severity="warning" if alike else "info",
        )


def _anywhere(missing: list[_Named], files: FileTree) -> bool:
    return any(files.elsewhere(field.paths[0].rpartition(os.sep)[2]) for field in missing[:_MANY])


def _fields(entry: Entry) -> Iterator[tuple[str, Field]]:
    """The fields that may name files: the entry's own, and those of the models below it."""
    for key in _KEYS:
        field = entry.owner.fields.get(key)
        if field is not None and not field.inherited:
            yield key, field
    below = entry.owner.fields.get("Downstream")
    for number, item in enumerate(below.value if below is not None and isinstance(below.value, SeqNode) else ()):
        for key in item if below is not None and isinstance(item, MapNode) else ():
            if key in _KEYS:
                yield key, make_field(item, key, child_path(below.path if below else "", number))


def _missing(key: str, missing: list[_Named], files: FileTree) -> Iterator[Problem]:
    same: dict[str, list[_Named]] = defaultdict(list)
    for field in missing:
        same[field.paths[0]].append(field)
    for number, places in enumerate(same.values()):
        first = places[0]
        close = _meant(first, files) if number < MOST_GUESSES else ""
        times = f" ({counted(len(places), 'model')} name it)" if len(places) > 1 else ""
        yield Problem(
            f"{key} names the file {short(first.value)}, which does not exist{times}",
            first.place,
            hint=suggestion(urllib.parse.unquote(first.value), close),
            related=tuple(field.place for field in places[1:]),
        )


def _meant(field: _Named, files: FileTree) -> str:
    """The file that is most likely meant, written as the card writes it; empty where there is none."""
    value = field.value
    unquoted = urllib.parse.unquote(value)
    for path in field.paths:
        start = path.removesuffix(os.path.normpath(value))
        if unquoted != value and files.has(os.path.normpath(start + unquoted)):
            return unquoted
    for path in field.paths:
        close = closest(path, files)
        if close:
            start = path.removesuffix(os.path.normpath(value))
            return relative(close, start).replace(os.sep, "/")
    return ""
