"""What the tables of a registry depend on, and whether it is as it was."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import registry
from registry.config import Config
from registry.evidence.claim_key import evidence_folder
from registry.file_facts import is_settled
from registry.loader import LeftOut
from registry.loader.missing import missing
from registry.loader.places import TooManyError, index_folder, place, scan
from registry.read import ids
from registry.storage import StoreUrl
from registry.types import Index

_ELSEWHERE = frozenset({ids.NOT_FOUND, ids.OUTSIDE, ids.PATH, ids.TOO_MANY})
"""Findings about files that are not watched: what they say may change unseen."""

_Facts = tuple[str, int, int, int, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Watched:
    """What tables depend on.

    Attributes:
        name: Which registry it is: a hash of the paths and settings.
        state: A hash of everything that its tables depend on.
        files: Real paths of the files that could hold cards.
        settled: Whether every file changed long enough ago for its times to tell of the next change.
    """

    name: str
    state: str
    files: frozenset[str]
    settled: bool

    @classmethod
    def now(cls, paths: Sequence[Path], config: Config) -> Watched | None:
        """What is there now; `None` where there is too much to watch, or changes would not show.

        Raises:
            UsageError: A path does not exist.
            StorageError: Evidence lies in an object store that cannot be read.
        """
        for path in paths:
            if not os.path.lexists(path):
                raise missing(path)
        places = [place(path, None) for path in paths]
        folders = list(dict.fromkeys(evidence_folder(path, config) for path in paths))
        stores = list(dict.fromkeys(os.path.realpath(folder) for folder in folders if isinstance(folder, Path)))
        remote = [(str(folder), _versions(folder)) for folder in folders if isinstance(folder, StoreUrl)]
        if any(versions is None for _, versions in remote):
            return None
        left_out = LeftOut.of(config)
        try:
            searched = {at.folder: left_out.below(at.folder, at.root) for at in places}
            cards = list(facts_of(file for folder, search in searched.items() for file in scan(folder, search)))
        except TooManyError:
            return None
        evidence = [fact for store in stores for fact in _below(store, (".json",))]
        words = list(facts_of(str(config.folder / file) for file in config.vocabulary))
        inputs = [[os.fspath(path) for path in paths], os.getcwd(), stores, [url for url, _ in remote], config.dialect]
        above = [[at.root, str(index_folder(Path(at.folder)))] for at in places]
        code = list(_below(str(Path(registry.__file__).parent), (".py", ".toml", ".json")))
        return cls(
            name=_hash(inputs)[:32],
            state=_hash([inputs, above, cards, evidence, words, remote, code]),
            files=frozenset(fact[0] for fact in cards),
            settled=is_settled(*(time for fact in (*cards, *evidence, *words) for time in fact[2:4])),
        )

    def covers(self, index: Index) -> bool:
        """Whether nothing but what is watched went into an index, so that every change will show."""
        unseen = any(finding.rule in _ELSEWHERE for finding in index.findings)
        return self.settled and not unseen and self.files.issuperset(index.files)


def _versions(folder: StoreUrl) -> list[tuple[str, str]] | None:
    from registry.storage.remote import RemoteFolder  # fsspec is an extra

    return RemoteFolder(folder).versions(".json")


def facts_of(files: Iterable[str]) -> Iterator[_Facts]:
    """Name, size, times of contents and of the entry, and inode of each file."""
    for file in files:
        try:
            yield _fact(file, os.stat(file))
        except OSError:
            yield (file, -1, 0, 0, 0)


def _below(folder: str, suffixes: tuple[str, ...]) -> Iterator[_Facts]:
    """The same of every file below a folder whose name ends in one of `suffixes`."""
    pending = [folder]
    while pending:
        try:
            with os.scandir(pending.pop()) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                pending.append(entry.path)
            elif entry.name.endswith(suffixes):
                try:
                    yield _fact(entry.path, entry.stat())
                except OSError:
                    yield (entry.path, -1, 0, 0, 0)


def _fact(file: str, status: os.stat_result) -> _Facts:
    return (file, status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def _hash(data: Any) -> str:
    return hashlib.sha256(json.dumps(data).encode()).hexdigest()
