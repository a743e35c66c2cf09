from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from registry.evidence import Store
from registry.evidence.claim_key import file_of, name_of, stem_of
from registry.types import Claim, DatasetRef, Evidence, Location, Quantity

HOSTILE = [
    "../../etc/passwd",
    "/etc/passwd",
    "..",
    "",
    ".",
    "C:\\Windows\\con",
    "<script>alert(1)</script>",
    "a" * 10_000,
    "a\x00b\nc",
    "模型",
    "\ud800",
    "con",
    "AlexNet",
    "alexnet",
    "ALEXNET",
    "alex net",
    "alex-net",
]


def test_what_is_written_is_found(tmp_path: Path, evidence: Evidence) -> None:
    store = Store(tmp_path / "models" / "evidence")
    path = store.write(evidence)
    assert path == store.path(evidence.claim)
    assert path.name.startswith("alexnet-")
    assert name_of(evidence.claim).startswith("top-1-accuracy-imagenet-")
    record = store.find(evidence.claim)
    assert record == evidence
    assert store.all() == [evidence]
    assert store.problems() == []


def test_a_store_that_does_not_exist_is_empty(tmp_path: Path, claim: Claim) -> None:
    store = Store(tmp_path / "nowhere")
    assert (store.all(), store.problems(), store.find(claim)) == ([], [], None)


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_leads_out_of_the_store(tmp_path: Path, evidence: Evidence, name: str) -> None:
    store = Store(tmp_path / "evidence")
    claim = replace(
        evidence.claim, model=name, subject=name, label=name, dataset=DatasetRef(name=name, split=name, args=[name])
    )
    odd = replace(evidence, claim=claim, digests={"claim": claim.digest})
    path = store.write(odd)
    assert path.resolve().parent == (tmp_path / "evidence").resolve()
    assert max(len(part) for part in stem_of(claim).parts) < 200
    assert path.name.isascii()
    assert store.find(claim) == odd


def test_names_that_differ_only_in_case_get_their_own_files() -> None:
    def file(name: str) -> str:
        reported = Quantity.parse("1", "count")
        claim = Claim(
            model=name, subject="flops", label="FLOPs", kind="count", reported=reported, location=Location(file="a")
        )
        return str(file_of(claim)).casefold()

    assert len({file(name) for name in HOSTILE}) == len(HOSTILE)


def test_a_changed_value_replaces_its_file(tmp_path: Path, evidence: Evidence) -> None:
    store = Store(tmp_path)
    first = store.write(evidence)
    changed = replace(evidence.claim, reported=Quantity.parse("56.60%", "ratio"))
    assert store.write(replace(evidence, claim=changed, verdict="within-tolerance")) == first
    assert [record.claim.reported.text for record in store.all()] == ["56.60%"]


@pytest.mark.parametrize(
    "change",
    [
        {"model": "AlexNet2"},
        {"subject": "top-5-accuracy"},
        {"label": "Accuracy MNLI-mm"},
        {"task": "Other"},
        {"dataset": None},
        {"dataset": DatasetRef(name="ImageNet", split="test")},
        {"dataset": DatasetRef(name="ImageNet", args={"num_few_shot": 25})},
    ],
)
def test_another_claim_gets_another_record(claim: Claim, change: dict[str, object]) -> None:
    assert stem_of(replace(claim, **change)) != stem_of(claim)  # type: ignore[arg-type]


def test_no_path_of_this_machine_gets_into_a_record(
    tmp_path: Path, evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path / "models" / "evidence")

    def written(file: str) -> str:
        location = evidence.claim.location._replace(file=file)
        store.write(replace(evidence, claim=replace(evidence.claim, location=location)))
        return store.all()[0].claim.location.file

    monkeypatch.chdir(tmp_path)
    assert written("models/alexnet.md") == "alexnet.md"
    assert written(str(tmp_path / "models" / "sub" / "alexnet.md")) == "sub/alexnet.md"
    assert written("elsewhere/alexnet.md") == "elsewhere/alexnet.md"
    assert written("/elsewhere/alexnet.md") == "alexnet.md"
    assert written("../alexnet.md") == "alexnet.md"
    (tmp_path / "work" / "project").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "work" / "project")
    store = Store(tmp_path / "scratch")
    assert written("models/alexnet.md") == "models/alexnet.md"


def test_evidence_of_another_claim_is_not_taken_for_this_one(tmp_path: Path, evidence: Evidence) -> None:
    store = Store(tmp_path)
    other = replace(evidence.claim, subject="top-5-accuracy")
    file = store.write(evidence)
    file.write_text(file.read_text().replace(name_of(evidence.claim), name_of(other)))
    assert store.find(other) is None
    assert [problem.record for problem in store.problems()] == [name_of(other)]


def test_records_of_one_model_share_its_file_and_its_environment(tmp_path: Path, evidence: Evidence) -> None:
    store = Store(tmp_path)
    others = [replace(evidence.claim, subject=subject) for subject in ("top-5-accuracy", "mean-accuracy")]
    elsewhere = replace(evidence, claim=others[1], environment={"device": "cuda"})
    files = {store.write(evidence), store.write(replace(evidence, claim=others[0]), elsewhere)}
    (file,) = files
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [file]
    assert [store.find(claim).environment for claim in (evidence.claim, *others)] == [  # type: ignore[union-attr]
        {"python": "3.11.2", "device": "cpu"},
        {"python": "3.11.2", "device": "cpu"},
        {"device": "cuda"},
    ]
    assert file.read_text().count("3.11.2") == 1
