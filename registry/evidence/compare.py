"""What changed between two states of the evidence."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from registry.evidence.store import Store
from registry.evidence.stored import EvidenceProblem
from registry.git import commit_of, files_of, top_of
from registry.types import Evidence

Kind = Literal["added", "removed", "changed", "measured again"]


@dataclass(frozen=True, kw_only=True, slots=True)
class EvidenceChange:
    """One record that is not the same in both.

    Attributes:
        kind: `measured again` is the same result at another time or on another machine.
        before: The record before, `None` where there was none.
        what: For `changed`, each thing that differs: its path, such as `details.preprocessing.crop`, before and after.
    """

    kind: Kind
    before: Evidence | None
    after: Evidence | None
    what: tuple[tuple[str, Any, Any], ...] = ()


def compare(before: Mapping[str, Evidence], after: Mapping[str, Evidence]) -> Iterator[EvidenceChange]:
    """The records that differ, in the order of their names."""
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if old is None or new is None:
            yield EvidenceChange(kind="added" if old is None else "removed", before=old, after=new)
        elif old != new:
            differences = tuple(_differing("", _result(old), _result(new)))
            yield EvidenceChange(
                kind="changed" if differences else "measured again", before=old, after=new, what=differences
            )


def _differing(path: str, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
    """Each innermost thing that is not the same in both, by its path; `None` where it is not there at all."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in {**old, **new}:
            yield from _differing(f"{path}.{name}" if path else str(name), old.get(name), new.get(name))
    elif isinstance(old, list | tuple) and isinstance(new, list | tuple) and len(old) == len(new):
        for index, (first, second) in enumerate(zip(old, new, strict=True)):
            yield from _differing(f"{path}[{index}]", first, second)
    elif old != new:
        yield path, old, new


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
            "details": {name: _named(value) for name, value in measurement.details.items() if name != "speed"},
        }
    return {
        "reported": evidence.claim.reported.text,
        "verdict": evidence.verdict,
        **measured,
        "reason": evidence.reason,
        **{f"{name} digest": digest for name, digest in evidence.digests.items()},
    }


def _named(value: Any) -> Any:
    """A list of named counts, such as a model's layers, as a mapping, so that what differs is named."""
    pairs = isinstance(value, list) and all(
        isinstance(entry_pair, list) and len(entry_pair) == 2 for entry_pair in value
    )
    if pairs and value and len({str(name) for name, _ in value}) == len(value):
        return {str(name): count for name, count in value}
    return value


def at_revision(folder: Path, revision: str) -> Iterator[tuple[str, Evidence | EvidenceProblem]]:
    """Every record of a store at a revision, by its name in the store.

    Args:
        folder: The store, in a working tree; it need not exist in it now.
        revision: Whatever git takes: a branch, a tag, `HEAD~3`, a commit.

    Raises:
        UsageError: The folder is in no git repository, or git knows no such revision.
    """
    top = top_of(folder)
    commit = commit_of(top, revision)
    where = PurePosixPath(folder.resolve().relative_to(top.resolve()).as_posix())
    with tempfile.TemporaryDirectory() as temporary:
        for name, data in files_of(top, commit, (".json",)):
            path = PurePosixPath(name)
            if path.is_relative_to(where):
                file = Path(temporary, path.relative_to(where))
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(data)
        store = Store(Path(temporary))
        for entry in store.entries():
            content = entry.found
            if isinstance(content, EvidenceProblem):
                content = replace(content, file=Path(f"{revision}:{where}/{store.name(content.file)}"))
            yield entry.name, content
