from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from registry.evidence import Store
from registry.evidence.rejudge.sampling import wilson
from registry.loader import load
from registry.types import Evidence, Measurement, PredictionsError
from registry.verify.audit import audit
from registry.verify.predictions import KeptPredictions, save
from registry.verify.rescoring import rescore
from registry.verify.tasks import Classification

# Ten samples of three classes: six right at once, two more among the best two.
LABELS = [0, 0, 0, 0, 1, 1, 1, 2, 2, 2]
TOP = [[0, 1], [0, 1], [0, 1], [1, 0], [1, 2], [1, 2], [2, 1], [2, 0], [0, 1], [1, 0]]


@pytest.fixture
def predictions(evidence: Evidence) -> KeptPredictions:
    return KeptPredictions(
        task="classification",
        classes=("a", "b", "c"),
        model="AlexNet",
        dataset="ImageNet",
        samples=np.array([f"{number}.jpg" for number in range(10)]),
        arrays={
            "labels": np.array(LABELS, "int32"),
            "top": np.array(TOP, "int32"),
            "scores": np.ones((10, 2), "float32"),
        },
        digests={name: digest for name, digest in evidence.digests.items() if name != "claim"},
    )


def kept(store: Store, evidence: Evidence, predictions: KeptPredictions, value: float = 0.6) -> None:
    file = store.path(evidence.claim).with_name("predictions.npz")
    details = {"predictions": {"file": file.relative_to(store.folder).as_posix(), "digest": save(file, predictions)}}
    interval = wilson(round(10 * value), 10)
    measurement = Measurement(value=value, method="evaluate", samples=10, interval=interval, details=details)
    # Ten samples are too few for a verdict.
    store.write(replace(evidence, measurement=measurement, verdict="unverifiable"))


@pytest.mark.parametrize(
    ("subject", "value", "right"),
    [
        ("top-1-accuracy", 0.6, 6),
        ("accuracy", 0.6, 6),
        ("top-2-accuracy", 0.8, 8),
        ("top-1-error", 0.4, 4),
        ("error", 0.4, 4),
    ],
)
def test_score(predictions: KeptPredictions, subject: str, value: float, right: int) -> None:
    score = Classification().score(predictions, subject)
    assert (score.value, score.right) == (pytest.approx(value), right)


@pytest.mark.parametrize("subject", ["mean-iou", "top-5-accuracy", "top-0-accuracy", "flops"])
def test_what_the_best_answers_do_not_tell_is_not_guessed(predictions: KeptPredictions, subject: str) -> None:
    with pytest.raises(PredictionsError):
        Classification().score(predictions, subject)


def test_a_record_that_follows_from_its_predictions(
    tmp_path: Path, evidence: Evidence, predictions: KeptPredictions
) -> None:
    store = Store(tmp_path)
    kept(store, evidence, predictions)
    store.write(replace(evidence, claim=replace(evidence.claim, subject="flops")))
    (outcome,) = rescore(store)
    assert (outcome.result, outcome.value, outcome.right, outcome.samples, outcome.reason) == ("same", 0.6, 6, 10, "")


def test_a_record_that_does_not(tmp_path: Path, evidence: Evidence, predictions: KeptPredictions) -> None:
    store = Store(tmp_path)
    kept(store, evidence, predictions, value=0.7)
    (outcome,) = rescore(store)
    assert (outcome.result, outcome.value) == ("differs", 0.6)
    assert outcome.reason == "the record says 0.7, the predictions give 0.6"


def test_other_predictions_are_not_taken_for_the_records(
    tmp_path: Path, evidence: Evidence, predictions: KeptPredictions
) -> None:
    store = Store(tmp_path)
    kept(store, evidence, replace(predictions, digests={**predictions.digests, "dataset": "sha256:" + "0" * 64}))
    assert [outcome.reason.split(" was ")[1] for outcome in rescore(store)] == [
        "made with other dataset than the record's"
    ]
    kept(store, evidence, predictions)
    file = store.path(evidence.claim).with_name("predictions.npz")
    whole = file.read_bytes()
    for data, says in ((whole[:-1] + b"\x01", "is not the file that was kept"), (None, "cannot be read")):
        file.unlink() if data is None else file.write_bytes(data)
        (outcome,) = rescore(store)
        assert outcome.result == "unreadable"
        assert says in outcome.reason


@pytest.mark.parametrize("where", ["../outside.npz", "/etc/passwd", "", ".", "a\0b", 7, None])
def test_a_record_leads_nowhere_else(tmp_path: Path, evidence: Evidence, where: object) -> None:
    store = Store(tmp_path / "evidence")
    (tmp_path / "outside.npz").write_bytes(b"")
    details = {"predictions": {"file": where, "digest": "sha256:" + "0" * 64}}
    store.write(replace(evidence, measurement=Measurement(value=0.6, method="evaluate", details=details)))
    (outcome,) = rescore(store)
    assert outcome.result == "unreadable"


def test_checking_evidence_takes_the_metric_again(
    tmp_path: Path, evidence: Evidence, predictions: KeptPredictions
) -> None:
    card = tmp_path / "card.md"
    card.write_text(
        "<!--\nType: model-index\nModels:\n- Name: AlexNet\n  Results:\n  - Task: Image Classification\n"
        "    Dataset: ImageNet\n    Metrics: {Top 1 Accuracy: 56.55%}\n-->\n",
        encoding="utf-8",
    )
    store = Store(tmp_path / "evidence")
    claim = replace(evidence.claim, subject="top-1-accuracy", label="Top 1 Accuracy")
    for value, state in ((0.6, "compared"), (0.7, "invalid")):
        kept(store, replace(evidence, claim=claim), predictions, value=value)
        (record,) = audit(load([card]), store)
        if state == "compared":
            assert "predictions" in record.compared
        else:
            assert (record.state, record.reasons) == (state, ("the record says 0.7, the predictions give 0.6",))
