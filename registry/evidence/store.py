"""Evidence as files: one of JSON a model, so that a pull request shows what changed."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from threading import Lock
from typing import Any

from registry.download.hub_address import as_hub_address
from registry.evidence import model_file
from registry.evidence.claim_key import (
    file_name,
    file_of,
    identity,
    record_file_of,
    record_of,
)
from registry.evidence.model_records import RecordsByClaim, move_imported, of_method, read_model_file, read_record
from registry.evidence.record import LARGEST, RecordError, from_json, load, to_json
from registry.evidence.stored import EvidenceProblem, StoredRecord, entries_of
from registry.storage import Place, open_folder
from registry.types import Claim, Evidence, OutputError, StoreAwayError

Stays = Callable[[Evidence], bool]
"""Whether evidence of a claim, which another writer may just have left there, is to stay."""

_STRIPES = tuple(Lock() for _ in range(64))
"""So that threads of this process wait for each other's file, and do not try again and again to write over it."""


class Store:
    """A folder of evidence, `<model>-<hash>.json`, here or in an object store.

    Writers may run at the same time: a file appears whole, and each record in it is its own writer's; `settle` lets a
    writer look at what it is about to replace. Records that an older mir wrote, one a file, are read too; see `old`.

    Attributes:
        files: The same as a `Folder`.
        at_once: How many models' records are best written at the same time.
        shelter: A folder of this machine for what the store does not take because it is away, as an object store or a
            mounted folder can be that took something before; `None` where that is an error.
        sheltered: How many records went there.
    """

    def __init__(self, folder: Place) -> None:
        self.shelter: Path | None = None
        self.sheltered = 0
        self._took = False
        self.folder = folder
        self.files = open_folder(folder)
        self.at_once = 1 if isinstance(folder, Path) else 32

    def write(self, *evidence: Evidence) -> Place:
        """Write evidence of claims of one model over what stood there, and return the file.

        The card's file is recorded as seen from the folder that holds the store, so that no path of this machine
        gets into it; the claim's digest is added.

        Raises:
            OutputError: The folder cannot be written to.
            StorageError: It cannot be read.
        """
        self.settle(evidence, lambda _: False)
        return self.path(evidence[0].claim)

    def settle(self, evidence: Sequence[Evidence], stays: Stays | Sequence[Stays]) -> list[Evidence]:
        """Write evidence of claims of one model, unless what stands there by then is to stay.

        Args:
            evidence: What to write, as by `write`.
            stays: Whether evidence of the same claim is to stay; one for all, or one for each.

        Returns:
            What stands there now, in the order of `evidence`.

        Raises:
            OutputError: The folder cannot be written to.
            StorageError: It cannot be read.
        """
        try:
            standing = self._settle(evidence, stays)
        except (StoreAwayError, OutputError) as error:
            if self.shelter is None or not self._is_away(error):
                raise
            self.sheltered += len(evidence)
            Store(self.shelter).write(*evidence)
            return list(evidence)
        self._took = True
        return standing

    def keep(self, name: str, data: bytes) -> None:
        """Write a file beside the records, such as predictions that they refer to by its name.

        Raises:
            OutputError: The folder cannot be written to.
        """
        try:
            self.files.write(name, data)
        except (StoreAwayError, OutputError) as error:
            if self.shelter is None or not self._is_away(error):
                raise
            Store(self.shelter).files.write(name, data)

    def _is_away(self, error: StoreAwayError | OutputError) -> bool:
        """Whether a store that takes nothing may take it later: one that never did is not what the user meant."""
        full = isinstance(error.__cause__, OSError) and error.__cause__.errno in (errno.ENOSPC, errno.EDQUOT)
        return isinstance(error, StoreAwayError) or (self._took and not full)

    def give_up(self) -> None:
        """Wait no more for an object store that is away: whoever uses it wants to end."""
        self.files.give_up()

    def _settle(self, evidence: Sequence[Evidence], stays: Stays | Sequence[Stays]) -> list[Evidence]:
        each_stays = [stays] * len(evidence) if callable(stays) else list(stays)
        records = [self._record(record) for record in evidence]
        earlier = self._find_old([record.claim for record in evidence])
        file, left = file_of(evidence[0].claim), list(evidence)

        def decide(data: bytes | None) -> bytes | None:
            file_records = read_model_file(data, evidence[0].claim.model)
            merged = dict(file_records.records)
            for at, (new, record) in enumerate(zip(evidence, records, strict=True)):
                name = record_of(new)
                move_imported(merged, new.claim)
                standing = read_record(merged.get(name)) or of_method(earlier[at], new)
                keep = (
                    standing is not None
                    and identity(standing.claim) == identity(new.claim)
                    and each_stays[at](standing)
                )
                left[at] = standing if standing is not None and keep else new
                if not keep:
                    merged[name] = record
            return None if merged == file_records.records else model_file.dump(replace(file_records, records=merged))

        with _STRIPES[hash(file) % len(_STRIPES)]:
            self.files.update(str(file), LARGEST, decide)
        return left

    def find(self, claim: Claim) -> Evidence | None:
        """The evidence of a claim, fresh or stale; `None` where there is none that can be read.

        It is mir's own where it has measured, else the newest that was imported.
        """
        (evidence,) = self.find_each([claim])
        return evidence

    def find_each(self, claims: Sequence[Claim]) -> list[Evidence | None]:
        """The same of several claims, in their order; an object store is asked for all their files at once."""
        files = list(dict.fromkeys(file_name(claim.model) for claim in claims))
        contents = zip(files, self.files.read_each(files, LARGEST), strict=True)
        read = {file: read_model_file(None if isinstance(data, OSError) else data, "") for file, data in contents}
        by_file = {file: RecordsByClaim(file_records) for file, file_records in read.items()}
        chosen = [by_file[file_name(claim.model)].chosen(claim) for claim in claims]
        old = iter(self._find_old([claim for claim, record in zip(claims, chosen, strict=True) if record is None]))
        chosen = [next(old) if record is None else record for record in chosen]
        return [
            record if record is not None and identity(record.claim) == identity(claim) else None
            for claim, record in zip(claims, chosen, strict=True)
        ]

    def entries(self) -> Iterator[StoredRecord]:
        """Every record in the folder, in the order of the files, and every JSON file that holds none."""
        names: set[str] = set()
        for entry in self._entries(old=False):
            names.add(entry.name)
            yield entry
        if self.holds_old:
            yield from (entry for entry in self._entries(old=True) if entry.name not in names)

    def old(self) -> list[StoredRecord]:
        """The records that an older mir wrote, one a file, also those that newer ones have replaced."""
        return list(self._entries(old=True)) if self.holds_old else []

    def all(self) -> list[Evidence]:
        """All evidence whose verdict follows from it, in the order of its files."""
        return [evidence for _, evidence in self.items()]

    def records(self) -> list[Evidence]:
        """The same and those whose verdict does not follow, for who says so of them: see `rejudge`."""
        contents = (entry.found for entry in self.entries())
        read = (content if isinstance(content, Evidence) else content.evidence for content in contents)
        return [record for record in read if record is not None]

    def items(self) -> Iterator[tuple[Place, Evidence]]:
        """Every record that is evidence, with its file."""
        for entry in self.entries():
            if isinstance(entry.found, Evidence):
                yield entry.file, entry.found

    def problems(self) -> list[EvidenceProblem]:
        """What in the folder's JSON files is not evidence, not in its place, or does not follow from itself."""
        return [entry.found for entry in self.entries() if isinstance(entry.found, EvidenceProblem)]

    def is_inside(self, name: str) -> bool:
        """Whether a file of this name lies in the folder, also where a link leads elsewhere."""
        if "\0" in name:
            return False
        if isinstance(self.folder, Path):
            return (self.folder / name).resolve().is_relative_to(self.folder.resolve())
        return bool(name) and not name.startswith("/") and ".." not in PurePosixPath(name).parts

    def path(self, claim: Claim) -> Place:
        """The file for the evidence of a claim's model."""
        return self.folder / file_of(claim)

    def name(self, file: Place) -> str:
        """A file of the store as seen from its folder."""
        if isinstance(file, Path) and isinstance(self.folder, Path):
            return file.relative_to(self.folder).as_posix()
        return str(file).removeprefix(f"{self.folder}/")

    @cached_property
    def holds_old(self) -> bool:
        """Whether there are records of an older mir, which stand in folders; looked at once."""
        return self.files.holds_below(".json")

    def _entries(self, *, old: bool) -> Iterator[StoredRecord]:
        for name, data in self.files.scan(".json", LARGEST):
            if ("/" in name) is old:
                yield from entries_of(self.folder / name, name, data, old=old)

    def _find_old(self, claims: Sequence[Claim]) -> list[Evidence | None]:
        """The evidence of claims in records of an older mir; `None` for each where there is none."""
        if not claims or not self.holds_old:
            return [None] * len(claims)
        contents = self.files.read_each([str(record_file_of(claim)) for claim in claims], LARGEST)
        return [None if isinstance(data, OSError) else _parsed(data) for data in contents]

    def _record(self, evidence: Evidence) -> dict[str, Any]:
        location = evidence.claim.location._replace(file=self._shown(evidence.claim.location.file))
        claim = replace(evidence.claim, location=location)
        return to_json(replace(evidence, claim=claim, digests={**evidence.digests, "claim": claim.digest}))

    def _shown(self, file: str) -> str:
        address = as_hub_address(file)
        if address != file:
            return address
        path, parent = Path(file), self.folder.resolve().parent if isinstance(self.folder, Path) else Path.cwd()
        portable = not path.is_absolute() and ".." not in path.parts
        try:
            inside = path.resolve().relative_to(parent).as_posix()
        except ValueError:
            return path.as_posix() if portable else path.name
        # A store in a home or temporary folder stands above the project: seen from there, paths are this machine's.
        above = Path.cwd() != parent and Path.cwd().is_relative_to(parent)
        return path.as_posix() if above and portable else inside


def _parsed(data: bytes) -> Evidence | None:
    """The evidence in a record that stands alone, as an older mir kept it."""
    try:
        return from_json(load(data))
    except RecordError:
        return None
