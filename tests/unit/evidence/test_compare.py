from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from registry.evidence import EvidenceProblem, Store
from registry.evidence.claim_key import stem_of
from registry.evidence.compare import at_revision, compare
from registry.types import Evidence, Measurement, UsageError


def test_what_changed_is_named(evidence: Evidence) -> None:
    new = replace(
        evidence,
        verdict="refuted",
        measurement=replace(evidence.measurement, value=0.54),  # type: ignore[type-var]
        digests={**evidence.digests, "weights": "sha256:" + "ee" * 32},
    )
    (change,) = compare({"a": evidence}, {"a": new})
    assert change.kind == "changed"
    assert change.what == (
        ("verdict", "reproduced", "refuted"),
        ("measured", 0.56522, 0.54),
        ("weights digest", "sha256:" + "7b" * 32, "sha256:" + "ee" * 32),
    )


def test_added_removed_and_measured_again(evidence: Evidence) -> None:
    again = replace(evidence, time="2027-01-01T00:00:00Z", environment={"python": "3.14"})
    changes = list(compare({"a": evidence, "b": evidence, "d": evidence}, {"b": again, "c": evidence, "d": evidence}))
    assert [change.kind for change in changes] == ["removed", "measured again", "added"]


def test_how_long_it_took_is_no_change(evidence: Evidence) -> None:
    assert evidence.measurement is not None
    slower, faster = (
        replace(evidence, measurement=replace(evidence.measurement, details={"speed": {"reading": seconds}}))
        for seconds in (2.5, 1.5)
    )
    assert [change.kind for change in compare({"a": slower}, {"a": faster})] == ["measured again"]


def test_what_can_no_longer_be_measured_is_a_change(evidence: Evidence) -> None:
    (change,) = compare({"a": evidence}, {"a": replace(evidence, verdict="unverifiable", measurement=None)})
    assert ("measured", 0.56522, None) in change.what


def git(folder: Path, *arguments: str) -> None:
    settings = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", str(folder), *settings, *arguments], check=True, capture_output=True)


def test_evidence_is_read_from_a_revision(tmp_path: Path, evidence: Evidence) -> None:
    store = Store(tmp_path / "mödels" / "evidence")
    path = store.write(evidence)
    (store.folder / "corrupt.json").write_text("{")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "one")
    store.write(replace(evidence, measurement=Measurement(value=0.1, method="evaluate")))
    before = dict(at_revision(store.folder, "HEAD"))
    assert before[str(stem_of(evidence.claim))] == evidence
    assert isinstance(before["corrupt"], EvidenceProblem)
    path.unlink()
    git(tmp_path, "rm", "-rqf", "--cached", ".")
    assert dict(at_revision(store.folder, "HEAD")) == before


def test_no_repository_and_no_revision_are_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="git"):
        list(at_revision(tmp_path, "HEAD"))
    git(tmp_path, "init", "-q")
    for revision in ("nonsense", "--output=x", "HEAD"):
        with pytest.raises(UsageError, match="no such revision"):
            list(at_revision(tmp_path, revision))
    assert not (tmp_path / "x").exists()
