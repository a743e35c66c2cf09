"""What changed between two states of the evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from registry.types import Evidence

Kind = Literal["added", "removed", "changed", "measured again"]


@dataclass(frozen=True, kw_only=True, slots=True)
class EvidenceChange:
    """One record that is not the same in both.

    Attributes:
        kind: `measured again` is the same result at another time or on another machine.
        before: The record before, `None` where there was none.
        after: The record after, `None` where there is none.
        what: For `changed`, each thing that differs: its name, before and after.
    """

    kind: Kind
    before: Evidence | None
    after: Evidence | None
    what: tuple[tuple[str, Any, Any], ...] = ()


def compare(before: Mapping[str, Evidence], after: Mapping[str, Evidence]) -> Iterator[EvidenceChange]:
    """The records that differ, in the order of their files.

    Args:
        before: Records by their file in the store.
        after: The same, later.
    """
    for file in sorted(before.keys() | after.keys()):
        old, new = before.get(file), after.get(file)
        if old is None or new is None:
            yield EvidenceChange(kind="added" if old is None else "removed", before=old, after=new)
        elif old != new:
            what = tuple(_differences(old, new))
            yield EvidenceChange(kind="changed" if what else "measured again", before=old, after=new, what=what)


def _differences(old: Evidence, new: Evidence) -> Iterator[tuple[str, Any, Any]]:
    first, second = _result(old), _result(new)
    for name in first | second:
        if first.get(name) != second.get(name):
            yield name, first.get(name), second.get(name)


def _result(evidence: Evidence) -> dict[str, Any]:
    """What a record says, without when and where it was measured, and how long that took."""
    measurement = evidence.measurement
    measured: dict[str, Any] = {}
    if measurement is not None:
        measured = {
            "measured": measurement.value,
            "method": measurement.method,
            "convention": measurement.convention,
            "samples": measurement.samples,
            "interval": measurement.interval,
            "details": {name: value for name, value in measurement.details.items() if name != "speed"},
        }
    return {
        "reported": evidence.claim.reported.text,
        "verdict": evidence.verdict,
        **measured,
        "reason": evidence.reason,
        **{f"{name} digest": digest for name, digest in evidence.digests.items()},
    }
