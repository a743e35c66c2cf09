"""What is measured again and what is not, with measurers that only count how often they are asked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from registry.claims import ModelClaims
from registry.evidence import Store
from registry.types import Claim, Evidence, Location, Measurement, Model, Quantity, Verdict
from registry.verify.golden import golden_counts
from registry.verify.outcome import Outcome, unverifiable
from registry.verify.run import verify
from registry.verify.triage import Kind


class _Counter:
    """Takes claims of one subject and finds what it is told to."""

    kind: Kind = "count"

    def __init__(self, subject: str, value: int | None) -> None:
        self.subject, self.value = subject, value
        self.weights = "sha256:" + "1" * 64
        self.measured: list[str] = []
        self.hopeless = self.coarse = False

    def takes(self, claim: Claim) -> bool:
        return claim.subject == self.subject

    def digests(self, model: Model, claim: Claim) -> Mapping[str, str]:
        return {"weights": self.weights}

    def final(self, evidence: Evidence) -> bool:
        return self.hopeless

    def measure(self, work: Sequence[ModelClaims]) -> Iterator[Outcome]:
        for claim in (claim for entry in work for claim in entry.claims):
            self.measured.append(claim.model)
            if self.value is None:
                yield unverifiable(claim, "the data is not here")
                continue
            verdict: Verdict = (
                "unverifiable" if self.coarse else "reproduced" if claim.reported.holds(self.value) else "refuted"
            )
            measurement = Measurement(value=self.value, method="count")
            yield Outcome(
                claim=claim,
                verdict=verdict,
                reason="counted",
                measurement=measurement,
                digests={"weights": self.weights},
            )


def _work(*models: str, subject: str = "parameters", reported: str = "25557032") -> list[ModelClaims]:
    at = Location(file="models/card.md", line=3)
    return [
        ModelClaims(
            model=Model(name=name, location=at, file="models/card.md", base="/", dialect="model-index"),
            claims=(
                Claim(
                    model=name,
                    subject=subject,
                    label=subject.title(),
                    kind="count",
                    reported=Quantity.parse(reported, "count"),
                    location=at,
                ),
            ),
        )
        for name in models
    ]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "evidence")


def test_each_claim_is_settled_once_and_its_evidence_stands_in_the_store(store: Store) -> None:
    counter = _Counter("parameters", 25557032)
    results = list(verify(_work("a", "b"), [counter], store))
    assert [(result.evidence.claim.model, result.evidence.verdict, result.reused) for result in results] == [
        ("a", "reproduced", False),
        ("b", "reproduced", False),
    ]
    assert [evidence.claim.model for evidence in store.all()] == ["a", "b"]


def test_fresh_evidence_is_used_again_and_force_measures_again(store: Store) -> None:
    counter = _Counter("parameters", 25557032)
    list(verify(_work("a"), [counter], store))
    (again,) = verify(_work("a"), [counter], store)
    assert again.reused
    assert counter.measured == ["a"]
    (forced,) = verify(_work("a"), [counter], store, force=True)
    assert not forced.reused
    assert counter.measured == ["a", "a"]


def test_a_changed_claim_and_changed_weights_are_measured_again_and_say_why(store: Store) -> None:
    counter = _Counter("parameters", 25557032)
    list(verify(_work("a"), [counter], store))
    (changed,) = verify(_work("a", reported="25557033"), [counter], store)
    assert changed.evidence.verdict == "refuted"
    assert changed.earlier == ("the claim changed: the card says 25557033, the evidence is about 25557032",)
    counter.weights = "sha256:" + "2" * 64
    (recounted,) = verify(_work("a", reported="25557033"), [counter], store)
    assert recounted.earlier[0].startswith("the weights changed")


def test_lacking_the_data_does_not_lose_what_another_machine_settled(store: Store) -> None:
    list(verify(_work("a"), [_Counter("parameters", 25557032)], store))
    (result,) = verify(_work("a"), [_Counter("parameters", None)], store, force=True)
    assert result.evidence.verdict == "reproduced"
    assert result.earlier == ("not measured again: the data is not here",)
    assert [evidence.verdict for evidence in store.all()] == ["reproduced"]


def test_a_run_that_learns_nothing_new_leaves_the_files_as_they_were(store: Store) -> None:
    counter = _Counter("parameters", 25557032)
    counter.coarse = True
    list(verify(_work("a"), [counter], store))
    (file,) = store.folder.rglob("*.json")
    file.write_bytes(file.read_bytes().replace(b'"time": "2', b'"time": "1'))
    before = file.read_bytes()
    (again,) = verify(_work("a"), [counter], store)
    assert again.reused
    assert counter.measured == ["a", "a"]
    assert file.read_bytes() == before


def test_where_nothing_was_measured_nothing_is_written(store: Store) -> None:
    (result,) = verify(_work("a"), [_Counter("parameters", None)], store)
    assert (result.evidence.verdict, result.evidence.reason) == ("unverifiable", "the data is not here")
    assert not store.folder.exists()


def test_what_would_come_out_the_same_is_not_tried_again(store: Store) -> None:
    counter = _Counter("parameters", 25557032)
    counter.coarse = counter.hopeless = True
    list(verify(_work("a"), [counter], store))
    (again,) = verify(_work("a"), [counter], store)
    assert (again.reused, again.evidence.verdict) == (True, "unverifiable")
    assert counter.measured == ["a"]


def test_a_claim_that_nobody_measures_is_unverifiable(store: Store) -> None:
    (result,) = verify(_work("a", subject="latency"), [_Counter("parameters", 25557032)], store)
    assert (result.evidence.verdict, result.evidence.reason) == ("unverifiable", "mir has no way to measure Latency")


def test_only_wanted_claims_are_touched(store: Store) -> None:
    work = [replace(entry, claims=entry.claims + _work("a", subject="flops")[0].claims) for entry in _work("a")]
    results = list(verify(work, [_Counter("flops", 25557032)], store, wanted=lambda claim: claim.subject == "flops"))
    assert [result.evidence.claim.subject for result in results] == ["flops"]


def test_evidence_of_older_code_is_kept_where_it_cannot_be_measured_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    list(verify(_work("a"), [_Counter("parameters", 25557032)], store))
    before = {path: path.read_bytes() for path, _ in store.items()}
    monkeypatch.setattr(golden_counts, "_added_up", lambda: "other")
    (result,) = verify(_work("a"), [_Counter("parameters", None)], store)
    assert result.evidence.verdict == "reproduced"
    assert result.earlier[0].startswith("the code changed")
    assert result.earlier[1] == "not measured again: the data is not here"
    assert {path: path.read_bytes() for path, _ in store.items()} == before
    (changed,) = verify(_work("a", reported="25557033"), [_Counter("parameters", None)], store)
    assert changed.evidence.verdict == "unverifiable"
    assert {path: path.read_bytes() for path, _ in store.items()} == before


def test_fresh_evidence_that_lacks_something_is_measured_again(store: Store) -> None:
    counter = _Counter("parameters", 25557032)
    list(verify(_work("a"), [counter], store))
    (again,) = verify(_work("a"), [counter], store, enough=lambda evidence: evidence.claim.model != "a")
    assert not again.reused
    assert counter.measured == ["a", "a"]


def test_reused_evidence_says_where_the_claim_stands_now(store: Store) -> None:
    list(verify(_work("a"), [_Counter("parameters", 25557032)], store))
    (work,) = _work("a")
    moved = replace(work, claims=tuple(replace(claim, location=Location(file="b.md", line=9)) for claim in work.claims))
    (again,) = verify([moved], [_Counter("parameters", 25557032)], store)
    assert again.reused
    assert str(again.evidence.claim.location) == "b.md:9:1"


def test_a_count_that_proves_nothing_any_more_replaces_what_older_code_had_reproduced(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = _Counter("parameters", 25557032)
    list(verify(_work("a"), [counter], store))
    monkeypatch.setattr(golden_counts, "_added_up", lambda: "other")
    counter.coarse = True
    (result,) = verify(_work("a"), [counter], store)
    assert (result.evidence.verdict, result.reused) == ("unverifiable", False)
    assert [evidence.verdict for evidence in store.all()] == ["unverifiable"]


def test_a_number_that_could_not_tell_is_taken_again_where_what_it_rests_on_has_changed(store: Store) -> None:
    counter = _Counter("parameters", 25557032)
    counter.coarse = counter.hopeless = True
    list(verify(_work("a"), [counter], store))
    list(verify(_work("a"), [counter], store))
    assert counter.measured == ["a"]
    counter.weights = "sha256:" + "2" * 64
    list(verify(_work("a"), [counter], store))
    assert counter.measured == ["a", "a"]
    assert [evidence.digests["weights"] for evidence in store.all()] == [counter.weights]
