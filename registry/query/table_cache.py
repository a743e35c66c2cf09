"""The tables of a registry, kept in the user's cache so that the second question is answered at once.

They are built anew as soon as anything they depend on has changed: the name, size, times or inode of any file that
could hold a card or evidence, the settings, or `mir` itself. Where that cannot be seen, because a card brings in files
from elsewhere or a file was written a moment ago, nothing is kept.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from registry import cache_file
from registry.cache_file import cache_folder
from registry.config import Config
from registry.evidence import Store
from registry.evidence.claim_key import evidence_folder
from registry.evidence.weights_beside import path_beside
from registry.loader.project import load_project
from registry.parallel import cores
from registry.query.cache_key import Watched, facts_of
from registry.query.registry_tables import SCHEMA, RegistryTable, Tables, tables
from registry.read.faults import sparing
from registry.types import Index


@dataclass(frozen=True, kw_only=True, slots=True)
class TableCache:
    """Tables and where they are kept.

    Attributes:
        tables: What can be asked.
        unread: Errors in reading the cards, one line each: what they are about is not in the tables.
        place: Where more that is made of these very tables may be kept, as a path without suffix; `None` where it may
            not be.
    """

    tables: Tables
    unread: tuple[str, ...]
    place: Path | None


def open_tables(paths: Sequence[Path], config: Config, *, cache: Path | None = None) -> TableCache:
    """The tables of the cards under some paths, kept ones where they still hold.

    Args:
        paths: Files and folders, as for `registry.load`.
        config: The project's settings.
        cache: Folder to keep them in; one in the user's cache where it is `None`.

    Raises:
        UsageError: A path does not exist.
    """
    # What is there is noted before it is read: a change in between then shows as a change, and never as none.
    watched = Watched.now(paths, config)
    folder = cache or cache_folder() / "index"
    file = None if watched is None else folder / f"{watched.name}.json"
    if watched is not None and file is not None:
        entry = _read(file, watched.state)
        if entry is not None:
            return TableCache(tables=entry[0], unread=entry[1], place=_place(file, watched))
    index, _ = load_project(paths, config, processes=cores())
    stores = [Store(store) for store in dict.fromkeys(evidence_folder(path, config) for path in paths)]
    evidence = [evidence for store in stores for evidence in store.records()]
    words = config.load_vocabulary()
    registry_tables, faults = sparing("could not be read", lambda index: tables(index, evidence, words), index)
    errors = (finding for finding in (*index.findings, *faults) if finding.severity == "error")
    unread = tuple(f"{finding.location}: {finding.message}" for finding in errors)
    if watched is None or file is None or not watched.covers(index):
        return TableCache(tables=registry_tables, unread=unread, place=None)
    _write(file, watched.state, registry_tables, unread, _weights(index))
    return TableCache(tables=registry_tables, unread=unread, place=_place(file, watched))


def _place(file: Path, watched: Watched) -> Path:
    return file.with_name(f"{watched.name}-{watched.state[:16]}")


def _read(file: Path, state: str) -> tuple[Tables, tuple[str, ...]] | None:
    """The kept tables and errors, `None` where there are none of this state."""
    data = cache_file.read(file)
    if data is None:
        return None
    try:
        was, _, text = data.partition(b"\n")
        if was != state.encode():
            return None
        content = json.loads(text)
        # Whether weights beside a card are what it says is in the tables too.
        if [list(fact) for fact in facts_of([str(fact[0]) for fact in content["weights"]])] != content["weights"]:
            return None
        tables_by_name = {
            name: RegistryTable({column: content["tables"][name][column] for column in SCHEMA[name]}) for name in SCHEMA
        }
        return Tables(**tables_by_name), tuple(content["unread"])
    except (ValueError, KeyError, TypeError):
        return None  # another version's


def _weights(index: Index) -> list[str]:
    """The weights' files that lie beside cards."""
    return list(dict.fromkeys(str(path) for model in index.models if (path := path_beside(model)) is not None))


def _write(file: Path, state: str, registry_tables: Tables, unread: Sequence[str], weights: Sequence[str]) -> None:
    columns = {name: dict(table.columns) for name, table in registry_tables.named().items()}
    content = {"tables": columns, "unread": list(unread), "weights": list(facts_of(weights))}
    text = json.dumps(content, separators=(",", ":"))
    cache_file.write(file, f"{state}\n{text}".encode("ascii"))
