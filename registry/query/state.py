"""A state of a registry: a folder or file, one of a git revision as `REV:PATH`, or one on the Hub."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from registry.claims import read_claims
from registry.config import Config, find_config
from registry.download.hub_address import MAIN, at_hub, repository_of
from registry.download.hub_repositories import fetched
from registry.evidence import Store
from registry.evidence.claim_key import evidence_folder
from registry.evidence.compare import compare
from registry.files import relative
from registry.git import commit_of, files_of, top_of
from registry.loader import load
from registry.query.changes import Change, Side, diff, relocated
from registry.read.document import SUFFIXES
from registry.read.faults import sparing
from registry.storage import Place
from registry.types import Evidence, Finding, Index, Location, UsageError
from registry.vocabulary import Vocabulary


@dataclass(frozen=True, kw_only=True, slots=True)
class RegistryState:
    """A registry as it is or was.

    Attributes:
        index: What was read.
        top: The path that was read, which its files' names begin with.
        revision: The revision it was read from, empty for what is on disk.
        folder: Where the revision's files were laid for reading.
        faults: What is wrong with cards whose claims cannot be read; they are left out of the index.
    """

    index: Index
    top: str
    revision: str = ""
    folder: str = ""
    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    faults: tuple[Finding, ...] = ()

    @property
    def unread(self) -> Iterator[Finding]:
        """Why cards, or something in them, could not be read."""
        yield from (finding for finding in self.index.findings if finding.severity == "error")
        yield from self.faults

    def inside(self, location: Location) -> str:
        """A location's file as seen from the path that was read, so that it can be found in another state."""
        return relative(location.file, self.top)

    def place(self, location: Location) -> Location:
        """A location with its file as the user knows it, such as `HEAD~1:models/alexnet.md`."""
        if not self.revision:
            return at_hub(location)
        return location._replace(file=f"{self.revision}:{Path(location.file).relative_to(self.folder).as_posix()}")


@dataclass(frozen=True, kw_only=True, slots=True)
class StateComparison:
    """Two states beside each other.

    Attributes:
        changes: Models that came or went, and claims whose number or verdict changed.
        records: How many records of evidence were added, removed, changed or measured again.
        unread: What of the two states could not be read.
    """

    changes: tuple[Change, ...]
    records: Mapping[str, int]
    unread: tuple[Finding, ...]


def compare_states(old: str, new: str | None = None, *, config: Config | None = None) -> StateComparison:
    """What changed between two states, each as `read_state` takes it, and what of them could not be read.

    A model has neither come nor gone whose file could not be read in the other state. Weights beside cards are looked
    at only where both states are on disk: a revision's are not laid out.

    Args:
        old: The earlier state.
        new: The later one; what is on disk under the path of `old` where it is `None`.
        config: The settings; those of the working folder where it is `None`.

    Raises:
        UsageError: There is no such path or revision.
    """
    config = config or find_config(Path())
    repository = repository_of(old)
    before = read_state(old, config)
    if new is None and repository is not None:
        new = repository._replace(revision=MAIN).address
        if new == repository.address:
            raise UsageError(f"'{old}' is compared with what? Give a second address, or a revision as {old}@REVISION")
    if new is None and not before.revision:
        raise UsageError(f"'{old}' is compared with what? Give a second path, or a revision as REV:{old}")
    after = read_state(new or old.partition(":")[2] or ".", config)
    words = config.load_vocabulary()
    before, after = _readable(before, words), _readable(after, words)
    unread = [{state.inside(finding.location) for finding in state.unread} for state in (before, after)]
    on_disk = not before.revision and not after.revision

    def side(state: RegistryState) -> Side:
        return Side(index=state.index, evidence=state.evidence.values(), with_weights=on_disk)

    changes = []
    for change in diff(side(before), side(after), words):
        state, others = (before, unread[1]) if change.after is None else (after, unread[0])
        if change.kind == "claim" or state.inside(change.location) not in others:
            changes.append(replace(change, **relocated(change, state.place)))
    findings = [
        replace(finding, location=state.place(finding.location))
        for state in (before, after)
        for finding in state.unread
    ]
    records = Counter(str(difference.kind) for difference in compare(before.evidence, after.evidence))
    return StateComparison(changes=tuple(changes), records=records, unread=tuple(findings))


def _readable(state: RegistryState, vocabulary: Vocabulary) -> RegistryState:
    """A state without the cards whose claims cannot be read."""

    def read(part: Index) -> Index:
        read_claims(part, vocabulary)
        return part

    index, faults = sparing("could not be read", read, state.index)
    return replace(state, index=index, faults=tuple(faults))


def read_state(address: str, config: Config) -> RegistryState:
    """Read a folder, a file, `REV:PATH` or `hf://owner/model@REV`; a path that exists is never taken for a revision.

    Args:
        address: One of these four.
        config: The settings, which say where evidence is, and which hosts may be asked for what is on the Hub.

    Raises:
        UsageError: There is no such path or revision.
    """
    if repository_of(address) is not None:
        (folder,) = fetched([address], config)
        index = load([folder], dialect=config.dialect)
        return RegistryState(index=index, top=str(folder), evidence=_records(evidence_folder(folder, config)))
    revision, colon, path = address.partition(":")
    if not colon or os.path.lexists(address):
        index = load([Path(address)], dialect=config.dialect)
        return RegistryState(index=index, top=address, evidence=_records(evidence_folder(Path(address), config)))
    at = Path(path or ".")
    top = top_of(at)
    try:
        inside = at.resolve().relative_to(top.resolve())
    except ValueError:
        raise UsageError(f"'{path}' is outside of the repository {top}") from None
    commit = commit_of(top, revision)
    with tempfile.TemporaryDirectory(prefix="mir-") as checkout:
        folder = Path(checkout).resolve()
        # All cards of the repository: what those that are asked for import may stand anywhere in it.
        for name, data in files_of(top, commit, tuple(SUFFIXES)):
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        if not (folder / inside).exists():
            raise UsageError(f"{revision} has no '{path}'")
        index = load([folder / inside], root=folder, dialect=config.dialect)
        store = evidence_folder(folder / inside, config, root=folder)
        if config.evidence is not None and isinstance(store, Path) and store.resolve().is_relative_to(top.resolve()):
            store = folder / store.resolve().relative_to(top.resolve())
        evidence = _records(store)
    return RegistryState(
        index=index, top=str(folder / inside), revision=revision, folder=str(folder), evidence=evidence
    )


def _records(store: Place) -> dict[str, Evidence]:
    """The records of a store by their name; none where there is none, as in most zoos."""
    if isinstance(store, Path) and not store.is_dir():
        return {}
    entries = ((entry.name, entry.found) for entry in Store(store).entries())
    read = ((name, record if isinstance(record, Evidence) else record.evidence) for name, record in entries)
    return {name: record for name, record in read if record is not None}
