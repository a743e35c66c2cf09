"""The records that a store's files hold, and what in them is no evidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from registry.evidence import model_file, strict_json
from registry.evidence.claim_key import record_stem_of, stem_of
from registry.evidence.record import RecordError, from_json
from registry.evidence.rejudge import contradictions
from registry.files import reason
from registry.storage import Place
from registry.types import Evidence


@dataclass(frozen=True, kw_only=True, slots=True)
class EvidenceProblem:
    """What in a store is not evidence, or a verdict that does not follow from its record.

    Attributes:
        message: What is wrong with it, as one sentence without the file's name.
        record: Name of the record in it; empty where it is about the whole file.
        evidence: What the record says, where that can be read.
    """

    file: Place
    message: str
    record: str = ""
    evidence: Evidence | None = None

    def __str__(self) -> str:
        return f"{self.file}: {self.record}: {self.message}" if self.record else f"{self.file}: {self.message}"


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredRecord:
    """One record of a store, or a JSON file in it that holds none.

    Attributes:
        name: Which record it is, for people and for comparing stores: `alexnet-93ba7032/flops-fb865406`.
        data: The record as plain data; `None` where it cannot be read.
        found: The evidence in it, or why there is none.
    """

    file: Place
    name: str
    data: Any
    found: Evidence | EvidenceProblem


def file_entries(file: Place, name: str, data: bytes | OSError) -> Iterator[StoredRecord]:
    """The records in a model's file, or why it holds none."""
    stem = name.removesuffix(".json")
    try:
        if isinstance(data, OSError):
            raise RecordError(f"cannot be read: {reason(data)}")
        kept = model_file.read(data)
    except RecordError as error:
        said = str(error) if isinstance(data, OSError) else f"is not evidence: {error}"
        yield StoredRecord(file=file, name=stem, data=None, found=EvidenceProblem(file=file, message=said))
        return
    for record, each in kept.records.items():
        found = _found(file, each, f"{stem}/{record}")
        yield StoredRecord(file=file, name=f"{stem}/{record}", data=each, found=found)


def old_entries(file: Place, name: str, data: bytes | OSError) -> Iterator[StoredRecord]:
    """The record of an older mir that a file holds, or why it holds none."""
    stem = name.removesuffix(".json")
    if isinstance(data, OSError):
        problem = EvidenceProblem(file=file, message=f"cannot be read: {reason(data)}")
        yield StoredRecord(file=file, name=stem, data=None, found=problem)
        return
    try:
        record = strict_json.load(data)
    except strict_json.JsonError as error:
        problem = EvidenceProblem(file=file, message=f"is not evidence: {error}")
        yield StoredRecord(file=file, name=stem, data=None, found=problem)
        return
    yield StoredRecord(file=file, name=stem, data=record, found=_found(file, record, stem, old=True))


def _found(file: Place, record: Any, name: str, *, old: bool = False) -> Evidence | EvidenceProblem:
    which = "" if old else name.rpartition("/")[2]
    try:
        found = from_json(record)
    except RecordError as error:
        return EvidenceProblem(file=file, record=which, message=f"is not evidence: {error}")
    belongs = str(record_stem_of(found))
    if name not in (belongs, str(stem_of(found.claim))):
        return EvidenceProblem(file=file, record=which, message=f"its claim belongs in {belongs}")
    wrong = contradictions(found)
    if not wrong:
        return found
    return EvidenceProblem(file=file, record=which, message="; ".join(wrong), evidence=found)
