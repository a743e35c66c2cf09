"""What is lacking is said from the claim, and only the rest is measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from registry.claims import ModelClaims
from registry.types import Claim, Evidence, Location, Model
from registry.verify import lacking
from registry.verify.lacking import Possible, another_machine
from registry.verify.outcome import Outcome, unverifiable
from registry.verify.triage import Kind


class Inner:
    kind: Kind = "time"

    def __init__(self) -> None:
        self.measured: list[str] = []

    def takes(self, claim: Claim) -> bool:
        return True

    def digests(self, model: Model, claim: Claim) -> Mapping[str, str]:
        return {}

    def final(self, evidence: Evidence) -> bool:
        return False

    def measure(self, work: Sequence[ModelClaims]) -> Iterator[Outcome]:
        for claim in (claim for entry in work for claim in entry.claims):
            self.measured.append(claim.label)
            yield unverifiable(claim, "tried")


def test_only_what_lacks_nothing_is_measured(claim: Claim) -> None:
    claims = [replace(claim, label=label) for label in ("a", "b", "c")]
    model = Model(name="A", location=Location(file="a.md"), file="a.md", base="/", dialect="model-index")
    inner = Inner()
    work = [ModelClaims(model=model, claims=tuple(claims)), ModelClaims(model=model, claims=(claims[1],))]
    outcomes = list(Possible(inner, lambda claim: "it lacks b" if claim.label == "b" else "").measure(work))
    assert [(outcome.claim.label, outcome.reason, outcome.derived) for outcome in outcomes] == [
        ("b", "it lacks b", True),
        ("b", "it lacks b", True),
        ("a", "tried", False),
        ("c", "tried", False),
    ]
    assert inner.measured == ["a", "c"]


def test_a_time_of_another_machine_is_not_measured(claim: Claim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lacking, "_DRIVERS", (str(Path("nowhere")),))
    monkeypatch.setattr(lacking, "environment", lambda device: {"cpu": "Intel(R) Xeon(R) Processor, 2 cores"})
    lacking._is_here.cache_clear()

    def of(hardware: str) -> str:
        return another_machine(replace(claim, conditions=(("hardware", hardware),)))

    assert another_machine(claim) == ""
    assert "of V100, and only that repeats it" in of("V100")
    assert of("Xeon, 2 cores") == ""
    lacking._is_here.cache_clear()
