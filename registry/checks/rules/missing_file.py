"""A file that is not there.

What:
    A `README`, `Config` or `Image` names a file, and there is none, neither from the card's folder nor from that of the
    index that imports it, nor from the repository's root. It is said once for each file that is missing. What lies in a
    git submodule that was not checked out is not judged. Where not one of at least five such files is there, the
    metadata was taken out of its repository; that is said once, as a remark.

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
import re
import urllib.parse
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from registry.checks.context import Context
from registry.checks.file_tree import FileTree
from registry.checks.paths import local_path, names_file
from registry.checks.rule import Problem, rule
from registry.checks.words import plural, short
from registry.types import Field
from registry.vocabulary.slips import MOST_GUESSES

_KEYS = ("README", "Config", "Image")
_MANY = 5
_ALIKE = 0.75
"""How much of a name must be the same for a file to be meant by it."""


class _Named(NamedTuple):
    field: Field
    paths: tuple[str, ...]
    there: bool


@rule("MIR402", "missing-file", "error", "index")
def check(whole: Context, context: Context) -> Iterator[Problem]:
    files = FileTree(context.index.root)
    named: dict[str, list[_Named]] = defaultdict(list)
    for entry in context.entries:
        for key in _KEYS:
            field = entry.owner.fields.get(key)
            if field is None or field.inherited or not names_file(field):
                continue
            found = (local_path(field, folder, context.index.root) for folder in context.folders(entry))
            paths = tuple(path for path in found if path)
            if paths:
                there = any(files.has(path) for path in paths) or any(files.is_absent(path) for path in paths)
                named[key].append(_Named(field, paths, there))
    for key, fields in named.items():
        missing = [each for each in fields if not each.there]
        if len(missing) == len(fields) >= _MANY:
            yield Problem(
                f"none of the {len(fields)} files that cards name as {key} is here, such as "
                f"{short(missing[0].field.value)}",
                missing[0].field.location,
                hint="Is this the metadata without its repository?",
                severity="info",
            )
        else:
            yield from _missing(key, missing, files)


def _missing(key: str, missing: list[_Named], files: FileTree) -> Iterator[Problem]:
    same: dict[str, list[_Named]] = defaultdict(list)
    for each in missing:
        same[each.paths[0]].append(each)
    for number, places in enumerate(same.values()):
        first = places[0]
        close = _meant(first, files) if number < MOST_GUESSES else ""
        times = f" ({plural(len(places), 'model')} name it)" if len(places) > 1 else ""
        yield Problem(
            f"{key} names the file {short(first.field.value)}, which does not exist{times}",
            first.field.location,
            hint=f"Is {short(close, 120)} meant?" if close else "",
            related=tuple(each.field.location for each in places[1:]),
        )


def _meant(named: _Named, files: FileTree) -> str:
    """The file that is most likely meant, written as the card writes it; empty where there is none."""
    # Imported here because it costs more than checking a card, and few cards have the mistake.
    from difflib import get_close_matches

    value: str = named.field.value
    unquoted = urllib.parse.unquote(value)
    for path in named.paths:
        start = path.removesuffix(os.path.normpath(value))
        if unquoted != value and files.has(os.path.normpath(start + unquoted)):
            return unquoted
        folder, _, name = path.rpartition(os.sep)
        close = get_close_matches(name, files.names(folder), n=3, cutoff=_ALIKE)
        # A slip is rather in a hyphen than in a number, which tells two models apart.
        close.sort(key=lambda other: re.findall(r"\d+", other) != re.findall(r"\d+", name))
        if close:
            return value.removesuffix(value.rpartition("/")[2]) + close[0]
    moved = files.elsewhere(unquoted.rpartition("/")[2])
    if len(moved) == 1:
        base = named.paths[0].removesuffix(os.path.normpath(value))
        return os.path.relpath(moved[0], base).replace(os.sep, "/")
    return ""
