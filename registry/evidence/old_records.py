"""Records of mir 0.1, one file a claim, moved into the files of their models."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from registry.evidence import model_file
from registry.evidence.claim_key import name_of, record_of
from registry.evidence.model_file import ModelFile
from registry.evidence.record import LARGEST
from registry.evidence.store import Store
from registry.evidence.stored import EvidenceProblem, StoredRecord
from registry.types import Evidence


@dataclass(frozen=True, kw_only=True, slots=True)
class Migrated:
    """What became of a store's old records.

    Attributes:
        moved: How many stand in the files of their models now, as they were.
        replaced: How many had a newer record of their claim there, and were removed.
        derived: How many held no measurement, only what was lacking, which is told from the claim now; removed.
        left: Those that cannot be read, where they were.
    """

    moved: int
    replaced: int
    derived: int
    left: tuple[EvidenceProblem, ...]


def migrate(store: Store) -> Migrated:
    """Move every old record; a store that has none stays as it is.

    A model's file is written before its old ones are removed, so that a run that is cut off loses nothing and can be
    run again.

    Raises:
        OutputError: The store cannot be written to.
        StorageError: It cannot be read.
    """
    moved = replaced = derived = 0
    left: list[EvidenceProblem] = []
    for folder, entries in groupby(store.old(), key=lambda entry: entry.name.partition("/")[0]):
        records: list[tuple[StoredRecord, Evidence]] = []
        for entry in entries:
            evidence = _evidence(entry)
            if evidence is None:
                assert isinstance(entry.found, EvidenceProblem)
                left.append(entry.found)
            else:
                records.append((entry, evidence))
        measured = [
            (entry, evidence_read)
            for entry, evidence_read in records
            if evidence_read.measurement is not None or evidence_read.verdict == "error"
        ]
        new = _merge(store, f"{folder}.json", measured) if measured else 0
        moved, replaced, derived = moved + new, replaced + len(measured) - new, derived + len(records) - len(measured)
        for entry, _ in records:
            store.files.remove(store.name(entry.file))
    return Migrated(moved=moved, replaced=replaced, derived=derived, left=tuple(left))


def _evidence(entry: StoredRecord) -> Evidence | None:
    """What an old record says, also one whose verdict does not follow from it; `None` where it is in a wrong place."""
    evidence = entry.found.evidence if isinstance(entry.found, EvidenceProblem) else entry.found
    return evidence if evidence is not None and entry.name.endswith(f"/{name_of(evidence.claim)}") else None


def _merge(store: Store, file: str, records: list[tuple[StoredRecord, Evidence]]) -> int:
    """Put records into a model's file beside what is there; how many were not there yet."""
    new = 0

    def decide(data: bytes | None) -> bytes | None:
        nonlocal new
        model = records[0][1].claim.model
        file_records = ModelFile(model=model) if data is None else model_file.read(data)
        old = {record_of(evidence_read): entry.data for entry, evidence_read in records}
        new = len(old.keys() - file_records.records.keys())
        return model_file.dump(ModelFile(model=model, records={**old, **file_records.records})) if new else None

    store.files.update(file, LARGEST, decide)
    return new
