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
from registry.verify.predictions import Predictions, load, save
from registry.verify.torchvision_ops import import_torchvision


@pytest.fixture
def predictions() -> Predictions:
    random = np.random.default_rng(0)
    logits = random.normal(size=(500, 12)).astype("float32")
    top = np.argsort(-logits, axis=1)[:, :5].astype("int32")
    return Predictions(
        model="AlexNet",
        dataset="ImageNet",
        samples=np.array([f"val/n{number:05}.JPEG" for number in range(499)] + ["val/鸟\n.png"]),
        labels=random.integers(0, 12, 500).astype("int32"),
        top=top,
        scores=np.take_along_axis(logits, top, axis=1),
        digests={"weights": "sha256:" + "7b" * 32},
    )


def test_what_is_saved_is_loaded(tmp_path: Path, predictions: Predictions) -> None:
    digest = save(tmp_path / "kept.npz", predictions)
    back = load(tmp_path / "kept.npz")
    assert (back.model, back.dataset, back.digests) == ("AlexNet", "ImageNet", predictions.digests)
    for name in ("samples", "labels", "top", "scores"):
        assert (getattr(back, name) == getattr(predictions, name)).all()
    assert save(tmp_path / "again.npz", back) == digest
    with np.load(tmp_path / "kept.npz", allow_pickle=False) as opened:
        assert (opened["top"] == predictions.top).all()


@pytest.mark.parametrize("k", [1, 3, 5])
def test_scores_agree_with_torchmetrics(predictions: Predictions, k: int) -> None:
    import_torchvision()  # which torchmetrics imports
    from torchmetrics.functional.classification import multiclass_accuracy

    logits = torch.full((500, 12), -1e9)
    logits.scatter_(1, torch.tensor(predictions.top).long(), torch.tensor(predictions.scores))
    labels = torch.tensor(predictions.labels).long()
    expected = multiclass_accuracy(logits, labels, num_classes=12, top_k=k, average="micro")
    assert predictions.correct(k).mean() == pytest.approx(float(expected), abs=1e-7)
    each = multiclass_accuracy(logits, labels, num_classes=12, top_k=k, average=None)
    for label, (right, count) in predictions.per_class(f"top-{k}-accuracy").items():
        assert right / count == pytest.approx(float(each[label]), abs=1e-6)


def test_a_sample_that_could_not_be_read_is_wrong(predictions: Predictions) -> None:
    blind = replace(predictions, top=np.full_like(predictions.top, -1))
    assert blind.correct(5).sum() == 0
    assert len(blind.correct(5)) == 500


@pytest.mark.parametrize("k", [0, 6])
def test_more_answers_than_were_kept_are_refused(predictions: Predictions, k: int) -> None:
    with pytest.raises(PredictionsError, match="best 5 answers"):
        predictions.correct(k)


def rewritten(path: Path, **arrays: bytes | None) -> Path:
    """The same file with some members replaced or left out."""
    other = path.with_name("other.npz")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(other, "w") as new:
        for item in old.infolist():
            data = arrays.get(item.filename.removesuffix(".npy"), old.read(item))
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


def test_hostile_files_are_refused(tmp_path: Path, predictions: Predictions) -> None:
    path = tmp_path / "kept.npz"
    save(path, predictions)
    huge = npy(np.zeros(2, "<i4")).replace(b"(2,)", b"(9999999999999,)").replace(b"                ", b"   ", 1)
    for changes in (
        {"labels": npy(np.array([Bomb()] * 500, dtype=object))},
        {"about": npy(np.array(Bomb(), dtype=object))},
        {"about": npy(np.array("[]"))},
        {"about": npy(np.array('{"format": "other"}'))},
        {"labels": huge},
        {"labels": npy(np.zeros(499, "<i4"))},
        {"labels": npy(np.zeros(500, "<f4"))},
        {"top": npy(np.zeros(500, "<i4"))},
        {"scores": npy(np.zeros((500, 4), "<f4"))},
        {"scores": b""},
        {"scores": None},
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
