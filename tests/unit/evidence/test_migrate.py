"""Records of mir 0.1, one file a claim: they are read, and moved without loss."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from registry.evidence import Store, to_json
from registry.evidence.claim_key import record_file_of
from registry.evidence.old_records import migrate
from registry.types import Evidence, Measurement


def old(store: Store, *evidence: Evidence) -> list[Path]:
    """Files as mir 0.1 wrote them."""
    assert isinstance(store.folder, Path)
    files = [store.folder / record_file_of(item.claim) for item in evidence]
    for file, record in zip(files, evidence, strict=True):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(to_json(record), indent=2, ensure_ascii=False) + "\n")
    return files


def other(evidence: Evidence, **changes: object) -> Evidence:
    claim = replace(evidence.claim, **changes)  # type: ignore[arg-type]
    return replace(evidence, claim=claim, digests={**evidence.digests, "claim": claim.digest})


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "evidence")


def test_old_records_are_read(store: Store, evidence: Evidence) -> None:
    second = other(evidence, subject="top-5-accuracy")
    old(store, evidence, second)
    assert store.find_each([evidence.claim, second.claim]) == [evidence, second]
    assert sorted(store.all(), key=str) == sorted([evidence, second], key=str)
    assert store.problems() == []


def test_a_newer_record_goes_before_an_old_one(store: Store, evidence: Evidence) -> None:
    old(store, evidence)
    newer = replace(evidence, time="2026-05-05T00:00:00Z")
    assert store.settle([newer], lambda record: record == evidence) == [evidence]
    assert store.settle([newer], lambda _: False) == [newer]
    assert (store.find(evidence.claim), store.all()) == (newer, [newer])


def test_every_record_with_a_measurement_is_moved_as_it_was(store: Store, evidence: Evidence) -> None:
    records = [
        evidence,
        other(evidence, subject="top-5-accuracy"),
        other(evidence, model="Other"),
        replace(other(evidence, subject="kept-error"), verdict="error", measurement=None),
    ]
    lacking = replace(other(evidence, subject="recall"), verdict="unverifiable", measurement=None)
    (*_, predictions) = old(store, *records, lacking)
    predictions.with_suffix(".npz").write_bytes(b"kept answers")
    done = migrate(store)
    assert (done.moved, done.replaced, done.derived, done.left) == (4, 0, 1, ())
    store = Store(store.folder)
    assert sorted(store.all(), key=str) == sorted(records, key=str)
    assert not store.holds_old
    assert sorted(file.suffix for file in store.folder.rglob("*") if file.is_file()) == [".json", ".json", ".npz"]
    again = migrate(store)
    assert (again.moved, again.replaced, again.derived) == (0, 0, 0)


def test_a_migration_that_was_cut_off_is_finished(store: Store, evidence: Evidence) -> None:
    old(store, evidence)
    migrate(store)
    old(store, evidence, other(evidence, subject="top-5-accuracy"))
    done = migrate(Store(store.folder))
    assert (done.moved, done.replaced) == (1, 1)
    assert len(Store(store.folder).all()) == 2


def test_what_cannot_be_read_and_what_contradicts_itself(store: Store, evidence: Evidence) -> None:
    assert evidence.measurement is not None
    wrong = replace(other(evidence, subject="top-5-accuracy"), measurement=Measurement(value=0.1, method="evaluate"))
    (_, file) = old(store, evidence, wrong)
    (file.parent / "torn.json").write_text("{")
    done = migrate(store)
    assert (done.moved, [problem.file.name for problem in done.left]) == (2, ["torn.json"])
    assert (file.parent / "torn.json").read_text() == "{"
    assert {problem.message[:11] for problem in Store(store.folder).problems()} == {"is not evid", "it does not"}
