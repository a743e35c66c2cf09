"""Records of one store taken over into another, with the predictions that they refer to."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

from registry.evidence.rejudge import SETTLED
from registry.evidence.store import Store
from registry.types import Evidence

_LARGEST = 4 << 30
"""Bytes of kept predictions that are copied."""


def transfer(source: Store, target: Store) -> int:
    """Take records over, unless the other store has one of the same claim that says more, or as much and is newer.

    Returns:
        How many the other store lacked.

    Raises:
        OutputError: The target cannot be written.
        StorageError: One of the two cannot be read.
    """
    count = 0
    for _, group in groupby(source.all(), key=lambda evidence: evidence.claim.model):
        records = list(group)
        for record in records:
            name = _predictions(record, source)
            if name is not None:
                target.keep(name, source.files.read(name, _LARGEST))
        left = target.settle(records, [_stays(record) for record in records])
        count += sum(stands is record for stands, record in zip(left, records, strict=True))
    return count


def _stays(new: Evidence) -> Callable[[Evidence], bool]:
    def stays(standing: Evidence) -> bool:
        settled = standing.verdict in SETTLED
        return settled if settled != (new.verdict in SETTLED) else standing.time >= new.time

    return stays


def _predictions(evidence: Evidence, source: Store) -> str | None:
    """The file of its predictions; `None` where there is none, or it is none of the store's."""
    predictions = None if evidence.measurement is None else evidence.measurement.details.get("predictions")
    name = predictions.get("file") if isinstance(predictions, dict) else None
    return name if isinstance(name, str) and name.endswith(".npz") and source.is_inside(name) else None
