from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from registry.types import PredictionsError
from registry.verify.predictions import KeptPredictions, load, save
from registry.verify.tasks import Classification
from registry.verify.torchvision_ops import import_torchvision


@pytest.fixture
def predictions() -> KeptPredictions:
    random = np.random.default_rng(0)
    logits = random.normal(size=(500, 12)).astype("float32")
    top = np.argsort(-logits, axis=1)[:, :5].astype("int32")
    return KeptPredictions(
        task="classification",
        model="AlexNet",
        dataset="ImageNet",
        samples=np.array([f"val/n{number:05}.JPEG" for number in range(499)] + ["val/鸟\n.png"]),
        classes=tuple(map(str, range(12))),
        arrays={
            "labels": random.integers(0, 12, 500).astype("int32"),
            "top": top,
            "scores": np.take_along_axis(logits, top, axis=1),
        },
        digests={"weights": "sha256:" + "7b" * 32},
    )


def test_what_is_saved_is_loaded(tmp_path: Path, predictions: KeptPredictions) -> None:
    predictions = replace(predictions, documents={"notes": [{"of": "AlexNet"}]})
    digest = save(tmp_path / "kept.npz", predictions)
    back = load(tmp_path / "kept.npz")
    assert (back.model, back.dataset, back.digests) == ("AlexNet", "ImageNet", predictions.digests)
    assert (back.task, back.classes, back.documents) == ("classification", predictions.classes, predictions.documents)
    assert (back.samples == predictions.samples).all()
    assert back.arrays.keys() == predictions.arrays.keys()
    for name, array in back.arrays.items():
        assert (array == predictions.arrays[name]).all()
    assert save(tmp_path / "again.npz", back) == digest
    with np.load(tmp_path / "kept.npz", allow_pickle=False) as opened:
        assert (opened["top"] == predictions.arrays["top"]).all()


@pytest.mark.parametrize("k", [1, 3, 5])
def test_scores_agree_with_torchmetrics(predictions: KeptPredictions, k: int) -> None:
    import_torchvision()  # which torchmetrics imports
    from torchmetrics.functional.classification import multiclass_accuracy

    logits = torch.full((500, 12), -1e9)
    logits.scatter_(1, torch.tensor(predictions.arrays["top"]).long(), torch.tensor(predictions.arrays["scores"]))
    labels = torch.tensor(predictions.arrays["labels"]).long()
    expected = multiclass_accuracy(logits, labels, num_classes=12, top_k=k, average="micro")
    task, subject = Classification(), f"top-{k}-accuracy"
    assert task.score(predictions, subject).value == pytest.approx(float(expected), abs=1e-7)
    accuracies = multiclass_accuracy(logits, labels, num_classes=12, top_k=k, average=None)
    for label, (right, count) in task.per_class(predictions, subject).items():
        assert right / count == pytest.approx(float(accuracies[label]), abs=1e-6)


def test_a_sample_that_could_not_be_read_is_wrong(predictions: KeptPredictions) -> None:
    arrays = {**predictions.arrays, "top": np.full((500, 5), -1, "int32")}
    score = Classification().score(replace(predictions, arrays=arrays), "top-5-accuracy")
    assert (score.right, score.samples) == (0, 500)


@pytest.mark.parametrize("subject", ["top-0-accuracy", "top-6-accuracy"])
def test_more_answers_than_were_kept_are_refused(predictions: KeptPredictions, subject: str) -> None:
    with pytest.raises(PredictionsError, match="predictions"):
        Classification().score(predictions, subject)


def rewritten(path: Path, **arrays: bytes | None) -> Path:
    """The same file with some members replaced or left out."""
    other = path.with_name("other.npz")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(other, "w") as new:
        for item in old.infolist():
            data = arrays.get(item.filename.partition(".")[0], old.read(item))
            if data is not None:
                new.writestr(item.filename, data)
    return other


def npy(array: object, *, allow_pickle: bool = True) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=allow_pickle)  # type: ignore[arg-type]
    return stream.getvalue()


class Bomb:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return sys.exit, ("a pickle ran",)


def test_hostile_files_are_refused(tmp_path: Path, predictions: KeptPredictions) -> None:
    path = tmp_path / "kept.npz"
    save(path, replace(predictions, documents={"notes": []}))
    huge = npy(np.zeros(2, "<i4")).replace(b"(2,)", b"(9999999999999,)").replace(b"                ", b"   ", 1)
    for changes in (
        {"labels": npy(np.array([Bomb()] * 500, dtype=object))},
        {"about": b"[]"},
        {"about": b"{"},
        {"about": b"[" * 100_000},
        {"about": b'{"format": "other"}'},
        {"about": b'{"format": "mir-predictions/1"}'},
        {"about": None},
        {"notes": b"NaN"},
        {"labels": huge},
        {"labels": npy(np.zeros(499, "<i4"))},
        {"samples": npy(np.zeros(500, "<f4"))},
        {"scores": b""},
        {"samples": None},
    ):
        with pytest.raises(PredictionsError):
            load(rewritten(path, **changes))
    whole = path.read_bytes()
    for data in (b"", b"PK", whole[: len(whole) // 2], whole[:200] + b"\x00" * 50 + whole[250:]):
        (tmp_path / "broken.npz").write_bytes(data)
        with pytest.raises(PredictionsError, match=r"broken\.npz"):
            load(tmp_path / "broken.npz")
    with pytest.raises(PredictionsError, match="No such file"):
        load(tmp_path / "missing.npz")


def test_no_torch_is_needed() -> None:
    code = "import sys, registry.verify.predictions; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
