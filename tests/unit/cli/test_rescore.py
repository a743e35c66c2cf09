from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from registry.evidence import Store
from registry.evidence.rejudge.sampling import wilson
from registry.types import Evidence, Measurement
from registry.verify.predictions import KeptPredictions, save

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def models(tmp_path: Path, evidence: Evidence) -> Path:
    store = Store(tmp_path / "models" / "evidence")
    file = store.folder / "kept.npz"
    predictions = KeptPredictions(
        task="classification",
        model="AlexNet",
        dataset="ImageNet",
        samples=np.array(["a", "b", "c", "d"]),
        arrays={
            "labels": np.array([0, 0, 1, 1], "int32"),
            "top": np.array([[0, 1], [0, 1], [0, 1], [1, 0]], "int32"),
            "scores": np.ones((4, 2), "float32"),
        },
        digests={name: digest for name, digest in evidence.digests.items() if name != "claim"},
    )
    details = {"predictions": {"file": file.relative_to(store.folder).as_posix(), "digest": save(file, predictions)}}
    measurement = Measurement(value=0.75, method="evaluate", samples=4, interval=wilson(3, 4), details=details)
    store.write(replace(evidence, measurement=measurement, verdict="unverifiable"))
    return tmp_path / "models"


def test_a_folder(mir: Run, models: Path) -> None:
    code, out, _ = mir("rescore", models, "--per-class")
    assert code == 0
    assert out == (
        "AlexNet Top 1 Accuracy: 75.00% (3 of 4), the card says 56.52%: same\n"
        "  class 0: 100.00% (2 of 2)\n"
        "  class 1: 50.00% (1 of 2)\n"
        "1 of 1 records have predictions\n"
    )
    (document,) = json.loads(mir("rescore", models, "--format", "json", "--per-class")[1])
    assert (document["recorded"], document["rescored"], document["result"]) == (0.75, 0.75, "same")
    assert document["classes"] == [{"class": 0, "right": 2, "samples": 2}, {"class": 1, "right": 1, "samples": 2}]


def test_one_file(mir: Run, models: Path) -> None:
    code, out, _ = mir("rescore", models / "evidence" / "kept.npz")
    assert code == 0
    assert "top-1-accuracy: 75.00% (3 of 4)" in out
    document = json.loads(mir("rescore", models / "evidence" / "kept.npz", "--format", "json")[1])
    assert document["metrics"] == {"top-1-accuracy": 0.75, "top-2-accuracy": 1.0}


def test_a_record_that_does_not_follow(mir: Run, models: Path) -> None:
    store = Store(models / "evidence")
    (evidence,) = store.all()
    assert evidence.measurement is not None
    store.write(replace(evidence, measurement=replace(evidence.measurement, value=0.8)))
    code, out, _ = mir("rescore", models)
    assert code == 1
    assert "the record says 0.8, the predictions give 0.75" in out


def test_bad_input(mir: Run, models: Path, tmp_path: Path) -> None:
    (tmp_path / "other.npz").write_bytes(b"other")
    for path in (tmp_path / "other.npz", tmp_path / "nowhere"):
        code, out, err = mir("rescore", path)
        assert (code, out) == (2, "")
        assert err.startswith("mir: error: ")
    (models / "evidence" / "kept.npz").unlink()
    code, out, _ = mir("rescore", models)
    assert code == 1
    assert "kept.npz cannot be read" in out


def test_pixels(mir: Run, tmp_path: Path, evidence: Evidence) -> None:
    store = Store(tmp_path / "evidence")
    counts = {"intersection": [[3, 1], [0, 2]], "predicted": [[4, 2], [1, 3]], "target": [[5, 1], [0, 4]]}
    predictions = KeptPredictions(
        task="segmentation",
        model="FCN",
        dataset="Scenes",
        samples=np.array(["a.png", "b.png"]),
        digests={name: digest for name, digest in evidence.digests.items() if name != "claim"},
        arrays={name: np.array(count, "int32") for name, count in counts.items()},
    )
    file = store.folder / "kept.npz"
    details = {"predictions": {"file": "kept.npz", "digest": save(file, predictions)}}
    value = (3 / 7 + 3 / 7) / 2
    claim = replace(evidence.claim, subject="mean-iou", label="mIoU")
    measurement = Measurement(value=value, method="evaluate", samples=2, interval=(0.4, 0.45), details=details)
    store.write(replace(evidence, claim=claim, measurement=measurement, verdict="refuted"))
    code, out, _ = mir("rescore", store.folder, "--per-class")
    assert code == 0
    assert out == (
        "AlexNet mIoU: 42.857% (over 2 samples), the card says 56.52%: same\n"
        "  class 0: 42.86% (3 of 7 pixels)\n"
        "  class 1: 42.86% (3 of 7 pixels)\n"
        "1 of 1 records have predictions\n"
    )
    document = json.loads(mir("rescore", file, "--format", "json", "--per-class")[1])
    assert document["metrics"] == {"mean-iou": pytest.approx(value), "pixel-accuracy": 0.6}
    assert document["classes"][0] == {"class": 0, "right": 3, "pixels": 7}


def test_a_metric_that_is_no_share_is_shown_in_its_own_unit(mir: Run, tmp_path: Path) -> None:
    numbers = np.array([[1.0], [2.0]], "float32")
    predictions = KeptPredictions(
        task="regression",
        model="Line",
        dataset="Points",
        samples=np.array(["a", "b"]),
        arrays={"predicted": numbers + np.float32(0.0816), "target": numbers},
    )
    save(tmp_path / "kept.npz", predictions)
    assert "  mean-absolute-error: 0.0816000 (over 2 samples)\n" in mir("rescore", tmp_path / "kept.npz")[1]
