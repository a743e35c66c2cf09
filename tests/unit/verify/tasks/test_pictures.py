from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.metrics import top_k_accuracy_score

from registry.types import Claim, DatasetError, PredictionsError, Unverifiable
from registry.verify.datasets import Arrays
from registry.verify.evaluation.gatherer import Gatherer
from registry.verify.predictions import dump, parse
from registry.verify.tasks import Classification, Segmentation, task_of
from registry.verify.torchvision_ops import import_torchvision


def labelled(labels: np.ndarray, classes: int) -> Gatherer:
    pixels = np.zeros((len(labels), 1, 1), np.uint8)
    names = tuple(map(str, range(classes)))
    return Gatherer(Classification(), Arrays(name="set", classes=names, pixels=pixels, labels=labels.astype(np.int64)))


@pytest.mark.parametrize("classes", [3, 10, 1000])
@pytest.mark.parametrize("batch", [1, 7, 500])
def test_top_1_and_top_5_are_scikit_learn_s(classes: int, batch: int) -> None:
    random = np.random.default_rng(0)
    labels, logits = random.integers(0, classes, 500), random.normal(size=(500, classes)).astype(np.float32)
    logits[np.arange(500), labels] += 1.5
    gatherer = labelled(labels, classes)
    shuffled = random.permutation(500)
    for start in range(0, 500, batch):
        part = shuffled[start : start + batch]
        gatherer.update(part.tolist(), torch.from_numpy(logits[part]))
    for k, subject in ((1, "top-1-accuracy"), (1, "accuracy"), (5, "top-5-accuracy")):
        oracle = 1.0 if k >= classes else top_k_accuracy_score(labels, logits, k=k, labels=range(classes))
        score = gatherer.score(subject)
        assert (score.value, score.samples) == (pytest.approx(oracle, abs=1e-12), 500)
        assert score.right == round(oracle * 500)
    error = gatherer.score("top-1-error")
    assert error.right == 500 - gatherer.score("top-1-accuracy").right
    right = logits.argmax(1) == labels
    expected = {str(label): f"{right[labels == label].sum()}/{(labels == label).sum()}" for label in np.unique(labels)}
    assert gatherer.score("top-1-accuracy").details["per_class"] == expected


def test_a_sample_without_an_answer_counts_as_wrong() -> None:
    gatherer = labelled(np.array([0, 1, 0, 1]), 2)
    gatherer.update([0, 1], torch.tensor([[2.0, 1.0], [float("nan"), 1.0]]))
    gatherer.unreadable(3)
    gatherer.update([2], torch.tensor([[0.0, 1.0]]))
    assert gatherer.kept().arrays["top"].tolist() == [[0, 1], [-1, -1], [1, 0], [-1, -1]]
    assert gatherer.kept(drawn=True).arrays["top"].tolist() == [[0, 1], [-1, -1], [1, 0], [-1, -1]]
    score = gatherer.score("top-1-accuracy")
    assert (score.right, score.samples) == (1, 4)
    assert gatherer.score("top-5-accuracy").right == 2


def test_a_first_unreadable_sample_does_not_widen_the_answers() -> None:
    gatherer = labelled(np.array([0, 1]), 2)
    gatherer.unreadable(0)
    with pytest.raises(Unverifiable, match="no sample of set could be read"):
        gatherer.score("accuracy")
    gatherer.update([1], torch.tensor([[0.0, 1.0]]))
    assert gatherer.kept().arrays["top"].shape == (2, 2)
    assert gatherer.score("top-1-accuracy").right == 1


def test_what_is_not_kept_cannot_be_scored(evidence: Any) -> None:
    gatherer = labelled(np.array([0]), 20)
    gatherer.update([0], torch.zeros(1, 20))
    with pytest.raises(PredictionsError, match="holds the best 5 predictions of each sample, not the best 10"):
        gatherer.score("top-10-accuracy")
    with pytest.raises(PredictionsError, match="mean-iou cannot be computed"):
        gatherer.score("mean-iou")
    claims: list[Claim] = [
        replace(evidence.claim, subject=subject)
        for subject in ("top-5-error", "mean-iou", "pixel-accuracy", "top-10-error")
    ]
    assert [task_of(claim) for claim in claims] == ["classification", "segmentation", "segmentation", None]
    assert task_of(replace(claims[0], dataset=None)) is None


def test_a_model_with_too_few_outputs_is_said() -> None:
    with pytest.raises(DatasetError, match="set has 3 classes and the model has 2 outputs"):
        labelled(np.array([0]), 3).update([0], torch.zeros(1, 2))


class Masks:
    name = "masks"
    classes = ("sky", "sea", "land")
    names = ("a", "b", "c", "d")

    def sample(self, index: int) -> Image.Image:
        raise NotImplementedError

    mask = sample


def segmented() -> Gatherer:
    return Gatherer(Segmentation(), Masks())  # type: ignore[arg-type]


@pytest.mark.parametrize("batch", [1, 3])
def test_mean_iou_and_pixel_accuracy_are_torchmetrics_s_over_all_pixels(batch: int) -> None:
    random = np.random.default_rng(1)
    masks = torch.from_numpy(random.integers(0, 3, (3, 12, 10)))
    masks[0, :4], masks[1, :, 9] = 255, 255
    logits = torch.from_numpy(random.normal(size=(3, 4, 12, 10)).astype(np.float32))
    logits.scatter_add_(1, masks.where(masks < 4, 3)[:, None], torch.full((3, 1, 12, 10), 1.2))
    gatherer = segmented()
    for start in range(0, 3, batch):
        end = start + batch
        gatherer.update(list(range(start, end)), {"out": logits[start:end]}, masks[start:end])
    gatherer.unreadable(3)
    import_torchvision()
    from torchmetrics.classification import MulticlassAccuracy, MulticlassJaccardIndex

    oracle = MulticlassJaccardIndex(4, ignore_index=255)
    oracle.update(logits, masks)
    score = gatherer.score("mean-iou")
    assert score.value == pytest.approx(float(oracle.compute()), abs=1e-6)
    assert score.samples == 4
    assert score.interval[0] < score.value < score.interval[1]
    assert list(score.details["per_class"]) == ["sky", "sea", "land", "3"]
    pixels = gatherer.score("pixel-accuracy")
    assert pixels.value == pytest.approx(
        float(MulticlassAccuracy(4, average="micro", ignore_index=255)(logits, masks)), abs=1e-6
    )
    assert pixels.interval[0] < pixels.value < pixels.interval[1]

    predictions = gatherer.kept()
    assert predictions.samples.tolist() == ["a", "b", "c", "d"]
    assert sum(array[3].sum() for array in predictions.arrays.values()) == 0, (
        "nothing is known of what could not be read"
    )
    assert predictions.arrays["target"].sum() == (masks != 255).sum()
    again = parse(io.BytesIO(dump(predictions)), "kept.npz")
    task = Segmentation()
    assert task.score(again, "mean-iou") == score
    jaccard = MulticlassJaccardIndex(4, ignore_index=255, average=None)
    for label, (both, either) in task.per_class(again, "mean-iou").items():
        assert both / either == pytest.approx(float(jaccard(logits, masks)[label]), abs=1e-6)
    with pytest.raises(PredictionsError, match="accuracy cannot be computed from the pixels"):
        task.score(again, "accuracy")


def test_small_answers_are_brought_to_the_masks_size() -> None:
    masks = torch.zeros(1, 8, 8, dtype=torch.uint8)
    masks[:, :, 4:] = 1
    gatherer = segmented()
    gatherer.update([0], torch.tensor([[[[5.0, -5.0]] * 2, [[-5.0, 5.0]] * 2]]), masks)
    assert gatherer.score("mean-iou").value == 1.0


def test_a_class_that_the_model_lacks_is_said() -> None:
    with pytest.raises(DatasetError, match="not one of the model's 2"):
        segmented().update([0], torch.zeros(1, 2, 4, 4), torch.full((1, 4, 4), 2))


def test_predictions_of_another_task_are_refused() -> None:
    gatherer = labelled(np.array([0, 1]), 2)
    gatherer.update([0, 1], torch.eye(2))
    predictions = gatherer.kept()
    with pytest.raises(PredictionsError, match="predictions of segmentation hold intersection, predicted, target"):
        Segmentation().score(predictions, "mean-iou")
    for wrong in (
        {**predictions.arrays, "more": np.zeros(2, np.int32)},
        {**predictions.arrays, "labels": np.zeros(2, np.float32)},
        {**predictions.arrays, "labels": np.zeros((2, 1), np.int32)},
        {**predictions.arrays, "scores": np.zeros((2, 1), np.float32)},
    ):
        with pytest.raises(PredictionsError):
            Classification().score(replace(predictions, arrays=wrong), "accuracy")
