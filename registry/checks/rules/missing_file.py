"""A file that is not there.

What:
    A `README`, `Config` or `Image` names a file, and there is none, neither from the card's folder nor from that of the
    index that imports it. Where not one of at least five such files is there, the metadata was taken out of its
    repository; that is said once, as a warning.

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
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from registry.checks.context import Context
from registry.checks.paths import inside, local_path, names_file
from registry.checks.rule import Problem, rule
from registry.checks.words import short
from registry.types import Field

_KEYS = ("README", "Config", "Image")
_MANY = 5


class _Files:
    """Which files there are. Each folder is listed once: a zoo names thousands of files in a few of them."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._listed: dict[str, frozenset[str]] = {}

    def has(self, path: str) -> bool:
        folder, _, name = path.rpartition(os.sep)
        if folder not in self._listed:
            try:
                # A link may lead out of the root, and what is there is nobody's business.
                there = inside(os.path.realpath(folder), self._root)
                self._listed[folder] = frozenset(os.listdir(folder) if there else ())  # noqa: PTH208 - names, not paths
            except OSError:
                self._listed[folder] = frozenset()
        return name in self._listed[folder]


class _Named(NamedTuple):
    field: Field
    there: bool


@rule("MIR402", "missing-file", "error", "index")
def check(whole: Context, context: Context) -> Iterator[Problem]:
    files = _Files(context.index.root)
    named: dict[str, list[_Named]] = defaultdict(list)
    for entry in context.entries:
        for key in _KEYS:
            field = entry.owner.fields.get(key)
            if field is None or field.inherited or not names_file(field):
                continue
            paths = [
                path for folder in context.folders(entry) if (path := local_path(field, folder, context.index.root))
            ]
            if paths:
                named[key].append(_Named(field, any(files.has(path) for path in paths)))
    for key, fields in named.items():
        missing = [each.field for each in fields if not each.there]
        if len(missing) == len(fields) >= _MANY:
            yield Problem(
                f"none of the {len(fields)} files that cards name as {key} is here, such as {short(missing[0].value)}",
                missing[0].location,
                hint="Is this the metadata without its repository?",
                severity="warning",
            )
        else:
            for field in missing:
                yield Problem(f"{key} names the file {short(field.value)}, which does not exist", field.location)
