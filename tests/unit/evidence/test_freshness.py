from __future__ import annotations

from dataclasses import replace

import pytest

from registry.evidence import stale
from registry.types import DatasetRef, Evidence, Location, Quantity

OTHER = "sha256:" + "ee" * 32


def test_nothing_changed(evidence: Evidence) -> None:
    assert stale(evidence, evidence.claim, evidence.digests) == ()


def test_moving_in_its_file_changes_nothing(evidence: Evidence) -> None:
    moved = replace(evidence.claim, location=Location(file="other.md", line=7), label="Top-1")
    assert stale(evidence, moved, {}) == ()


def test_a_changed_number_is_said(evidence: Evidence) -> None:
    changed = replace(evidence.claim, reported=Quantity.parse("56.6%", "ratio"))
    assert stale(evidence, changed, {}) == ("the claim changed: the card says 56.6%, the evidence is about 56.52%",)


def test_the_same_number_of_other_data_is_said(evidence: Evidence) -> None:
    changed = replace(evidence.claim, dataset=DatasetRef(name="ImageNet V2"))
    (reason,) = stale(evidence, changed, {})
    assert "of something else" in reason


@pytest.mark.parametrize("name", ["weights", "dataset"])
def test_a_changed_digest_is_named(evidence: Evidence, name: str) -> None:
    (reason,) = stale(evidence, evidence.claim, {**evidence.digests, name: OTHER})
    assert reason == f"the {name} changed: {evidence.digests[name][7:19]} then, eeeeeeeeeeee now"


def test_what_the_evidence_does_not_say_is_held_against_it(evidence: Evidence) -> None:
    (reason,) = stale(evidence, evidence.claim, {"preprocessing": OTHER})
    assert reason == "the evidence does not say which preprocessing it was measured with"


def test_what_is_not_known_today_is_not_held_against_it(evidence: Evidence) -> None:
    assert stale(evidence, evidence.claim, {"weights": evidence.digests["weights"]}) == ()


def test_an_altered_record_gives_itself_away(evidence: Evidence) -> None:
    better = replace(evidence, claim=replace(evidence.claim, reported=Quantity.parse("99.99%", "ratio")))
    reasons = stale(better, better.claim, {})
    assert len(reasons) == 1
    assert "the record was changed" in reasons[0]
