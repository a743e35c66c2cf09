"""The records that a store's files hold, and what in them is no evidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from registry.evidence import model_file
from registry.evidence.claim_key import record_stem_of, stem_of
from registry.evidence.record import RecordError, from_json, load
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


def entries_of(file: Place, name: str, data: bytes | OSError, *, old: bool) -> Iterator[StoredRecord]:
    """The records in a model's file, or the one that an older mir kept in a file of its own; why it holds none."""
    stem = name.removesuffix(".json")
    try:
        if isinstance(data, OSError):
            raise RecordError(reason(data))
        records = {"": load(data)} if old else model_file.read(data).records
    except RecordError as error:
        message = f"{'cannot be read' if isinstance(data, OSError) else 'is not evidence'}: {error}"
        yield StoredRecord(file=file, name=stem, data=None, found=EvidenceProblem(file=file, message=message))
        return
    for record, content in records.items():
        path = f"{stem}/{record}" if record else stem
        yield StoredRecord(file=file, name=path, data=content, found=_evidence(file, content, path, record))


def _evidence(file: Place, content: Any, path: str, record: str) -> Evidence | EvidenceProblem:
    try:
        evidence = from_json(content)
    except RecordError as error:
        return EvidenceProblem(file=file, record=record, message=f"is not evidence: {error}")
    place = str(record_stem_of(evidence))
    if path not in (place, str(stem_of(evidence.claim))):
        return EvidenceProblem(file=file, record=record, message=f"its claim belongs in {place}")
    wrong = contradictions(evidence)
    return EvidenceProblem(file=file, record=record, message="; ".join(wrong), evidence=evidence) if wrong else evidence
