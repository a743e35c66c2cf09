"""Evidence as files: one of JSON a claim, so that a pull request shows what changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from registry.download.hub_address import as_hub_address
from registry.evidence import strict_json
from registry.evidence.names import file_of, identity
from registry.evidence.record import RecordError, from_json, to_json
from registry.evidence.rejudge import contradictions
from registry.files import reason
from registry.storage import Place, open_folder
from registry.types import Claim, Evidence

_LARGEST = 4 << 20
"""Bytes of a file that are read; evidence is a few thousand."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EvidenceProblem:
    """A file in a store that is not evidence, or whose verdict does not follow from what it says.

    Attributes:
        file: The file.
        message: What is wrong with it, as one sentence without the file's name.
        evidence: What it says, where that can be read.
    """

    file: Place
    message: str
    evidence: Evidence | None = None

    def __str__(self) -> str:
        return f"{self.file}: {self.message}"


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredRecord:
    """A JSON file in a store.

    Attributes:
        file: The file.
        data: What it holds, cut off where it is too large; `None` where it cannot be read.
        found: The evidence in it, or why there is none.
    """

    file: Place
    data: bytes | None
    found: Evidence | EvidenceProblem


class Store:
    """A folder of evidence, `<model>/<subject>-<dataset>-<hash>.json`, here or in an object store.

    Writers may run at the same time: a file appears whole, so that the last one wins whole; `settle` lets a writer
    look at what it is about to replace.

    Attributes:
        folder: The folder; it need not exist.
        files: The same as a `Folder`.
        at_once: How many records are best written at the same time.
    """

    def __init__(self, folder: Place) -> None:
        self.folder = folder
        self.files = open_folder(folder)
        self.at_once = 1 if isinstance(folder, Path) else 32

    def write(self, evidence: Evidence) -> Place:
        """Write the evidence of one claim over what stood there, and return the file.

        The card's file is recorded as seen from the folder that holds the store, so that no path of this machine
        gets into it; the claim's digest is added.

        Raises:
            OutputError: The folder cannot be written to.
        """
        self.files.write(str(file_of(evidence.claim)), self._record(evidence))
        return self.path(evidence.claim)

    def settle(self, evidence: Evidence, stays: Callable[[Evidence], bool]) -> Evidence:
        """Write the evidence of one claim, unless what stands there by then is to stay; return what stands there now.

        Args:
            evidence: What to write, as by `write`.
            stays: Whether evidence of the same claim, which another writer may just have left there, is to stay.

        Raises:
            OutputError: The folder cannot be written to.
            StorageError: It cannot be read.
        """
        record, left = self._record(evidence), evidence

        def decide(data: bytes | None) -> bytes | None:
            nonlocal left
            found = None if data is None else _parsed(data)
            keep = found is not None and identity(found.claim) == identity(evidence.claim) and stays(found)
            left = found if found is not None and keep else evidence
            return None if keep else record

        self.files.update(str(file_of(evidence.claim)), _LARGEST, decide)
        return left

    def find(self, claim: Claim) -> Evidence | None:
        """The evidence of a claim, fresh or stale; `None` where there is none that can be read."""
        (found,) = self.find_each([claim])
        return found

    def find_each(self, claims: Sequence[Claim]) -> list[Evidence | None]:
        """The same of several claims, in their order, which an object store is asked for all at once."""
        contents = self.files.read_each([str(file_of(claim)) for claim in claims], _LARGEST)
        found = (None if isinstance(data, OSError) else _parsed(data) for data in contents)
        return [
            each if each is not None and identity(each.claim) == identity(claim) else None
            for claim, each in zip(claims, found, strict=True)
        ]

    def entries(self) -> Iterator[StoredRecord]:
        """Every JSON file in the folder, in their order."""
        for name, data in self.files.scan(".json", _LARGEST):
            file = self.folder / name
            yield StoredRecord(
                file=file, data=None if isinstance(data, OSError) else data, found=self._found(file, data)
            )

    def all(self) -> list[Evidence]:
        """All evidence whose verdict follows from it, in the order of its files."""
        return [evidence for _, evidence in self.items()]

    def records(self) -> list[Evidence]:
        """The same and those whose verdict does not follow, for who says so of them: see `rejudge`."""
        found = (entry.found for entry in self.entries())
        read = (each if isinstance(each, Evidence) else each.evidence for each in found)
        return [each for each in read if each is not None]

    def items(self) -> Iterator[tuple[Place, Evidence]]:
        """Every file that holds evidence, with it."""
        for entry in self.entries():
            if isinstance(entry.found, Evidence):
                yield entry.file, entry.found

    def problems(self) -> list[EvidenceProblem]:
        """The JSON files in the folder that are not evidence, not in their place, or not what follows from them."""
        return [entry.found for entry in self.entries() if isinstance(entry.found, EvidenceProblem)]

    def path(self, claim: Claim) -> Place:
        """The file for the evidence of a claim."""
        return self.folder / file_of(claim)

    def name(self, file: Place) -> str:
        """A file of the store as seen from its folder."""
        if isinstance(file, Path) and isinstance(self.folder, Path):
            return file.relative_to(self.folder).as_posix()
        return str(file).removeprefix(f"{self.folder}/")

    def _found(self, file: Place, data: bytes | OSError) -> Evidence | EvidenceProblem:
        if isinstance(data, OSError):
            return EvidenceProblem(file=file, message=f"cannot be read: {reason(data)}")
        try:
            found = parse(data)
        except RecordError as error:
            return EvidenceProblem(file=file, message=f"is not evidence: {error}")
        if self.path(found.claim) != file:
            return EvidenceProblem(file=file, message=f"its claim belongs in {file_of(found.claim)}")
        wrong = contradictions(found)
        return EvidenceProblem(file=file, message="; ".join(wrong), evidence=found) if wrong else found

    def _record(self, evidence: Evidence) -> bytes:
        location = replace(evidence.claim.location, file=self._shown(evidence.claim.location.file))
        claim = replace(evidence.claim, location=location)
        return dump(to_json(replace(evidence, claim=claim, digests={**evidence.digests, "claim": claim.digest})))

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


def dump(record: dict[str, Any]) -> bytes:
    """A record as it stands in its file.

    Half a surrogate pair, which JSON can spell and UTF-8 cannot, stays spelled as JSON does.
    """
    text = json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "backslashreplace") + b"\n"


def parse(data: bytes) -> Evidence:
    """Evidence from the bytes of a file.

    Raises:
        RecordError: They are something else.
    """
    if len(data) > _LARGEST:
        raise RecordError(f"it is larger than {_LARGEST} bytes")
    try:
        return from_json(strict_json.load(data))
    except strict_json.JsonError as error:
        raise RecordError(str(error)) from error


def _parsed(data: bytes) -> Evidence | None:
    try:
        return parse(data)
    except RecordError:
        return None
