"""The records of one model's file, by the claim that they are of."""

from __future__ import annotations

from typing import Any

from registry.evidence import model_file
from registry.evidence.claim_key import (
    claims_of,
    name_of,
    readable_name,
    record_of,
)
from registry.evidence.model_file import ModelFile
from registry.evidence.record import RecordError, from_json
from registry.types import Claim, Evidence


class RecordsByClaim:
    """The records of a model's file, by which claim they are of."""

    def __init__(self, file: ModelFile) -> None:
        self._records = file.records
        self._imported: dict[str, list[str]] = {}
        for name in file.records:
            for claim in claims_of(name):
                self._imported.setdefault(claim, []).append(name)
        self._readable = {name[:-_HASH] for name in (*file.records, *self._imported)}

    def chosen(self, claim: Claim) -> Evidence | None:
        """The evidence of a claim: mir's own, else the newest that was imported."""
        if readable_name(claim) not in self._readable:
            return None  # most claims have none, and are not worth the hash that their name ends in
        name = name_of(claim)
        own = read_record(self._records.get(name))
        if own is not None and (own.measurement is not None or own.verdict == "error"):
            return own
        imported = (read_record(self._records[record_name]) for record_name in self._imported.get(name, ()))
        return max((record for record in imported if record is not None), key=lambda record: record.time, default=own)


_HASH = len("-f50bb5fe")
"""Letters that follow the readable part of a name."""


def move_imported(records: dict[str, Any], claim: Claim) -> None:
    """Give an imported record that has the name of mir's own the name of its harness: so an older mir kept it."""
    record = read_record(records.get(name_of(claim)))
    if record is not None and record_of(record) != name_of(claim):
        records.setdefault(record_of(record), records[name_of(claim)])
        del records[name_of(claim)]


def of_method(old: Evidence | None, new: Evidence) -> Evidence | None:
    """Evidence of an older mir, where it stands in the place of the new."""
    return old if old is not None and record_of(old) == record_of(new) else None


def read_record(record: Any) -> Evidence | None:
    """The evidence in a record; `None` where there is none that can be read."""
    try:
        return None if record is None else from_json(record)
    except RecordError:
        return None


def read_model_file(data: bytes | None, model: str) -> ModelFile:
    """What a model's file holds; nothing where it is none, or another model's."""
    try:
        file = None if data is None else model_file.read(data)
    except RecordError:
        file = None
    return ModelFile(model=model) if file is None or (model and file.model != model) else file
