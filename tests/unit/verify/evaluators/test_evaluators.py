from __future__ import annotations

import io

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.metrics import top_k_accuracy_score

from registry.types import DatasetError, PredictionsError, Unverifiable
from registry.verify.datasets import Arrays
from registry.verify.evaluators import Classification, Segmentation, kind_of
from registry.verify.predictions import PixelCounts, dump, parse
from registry.verify.torchvision_ops import import_torchvision


def labelled(labels: np.ndarray, classes: int) -> Arrays:
    pixels = np.zeros((len(labels), 1, 1), np.uint8)
    return Arrays(name="set", classes=tuple(map(str, range(classes))), pixels=pixels, labels=labels.astype(np.int64))


@pytest.mark.parametrize("classes", [3, 10, 1000])
@pytest.mark.parametrize("batch", [1, 7, 500])
def test_top_1_and_top_5_are_scikit_learn_s(classes: int, batch: int) -> None:
    random = np.random.default_rng(0)
    labels, logits = random.integers(0, classes, 500), random.normal(size=(500, classes)).astype(np.float32)
    logits[np.arange(500), labels] += 1.5
    evaluator = Classification(labelled(labels, classes))
    shuffled = random.permutation(500)
    for start in range(0, 500, batch):
        part = shuffled[start : start + batch]
        evaluator.update(part.tolist(), torch.from_numpy(logits[part]))
    for k, subject in ((1, "top-1-accuracy"), (1, "accuracy"), (5, "top-5-accuracy")):
        oracle = 1.0 if k >= classes else top_k_accuracy_score(labels, logits, k=k, labels=range(classes))
        score = evaluator.score(subject)
        assert (score.value, score.samples) == (pytest.approx(oracle, abs=1e-12), 500)
        assert score.right == round(oracle * 500)
    error = evaluator.score("top-1-error")
    assert error.right == 500 - evaluator.score("top-1-accuracy").right
    right = logits.argmax(1) == labels
    expected = {str(each): f"{right[labels == each].sum()}/{(labels == each).sum()}" for each in np.unique(labels)}
    assert evaluator.score("top-1-accuracy").details["per_class"] == expected


def test_a_sample_without_an_answer_counts_as_wrong() -> None:
    evaluator = Classification(labelled(np.array([0, 1, 0, 1]), 2))
    evaluator.update([0, 1], torch.tensor([[2.0, 1.0], [float("nan"), 1.0]]))
    evaluator.unreadable(3)
    evaluator.update([2], torch.tensor([[0.0, 1.0]]))
    assert evaluator.answers()[1].tolist() == [[0, 1], [-1, -1], [1, 0], [-1, -1]]
    score = evaluator.score("top-1-accuracy")
    assert (score.right, score.samples) == (1, 4)
    assert evaluator.score("top-5-accuracy").right == 2


def test_a_first_unreadable_sample_does_not_widen_the_answers() -> None:
    evaluator = Classification(labelled(np.array([0, 1]), 2))
    evaluator.unreadable(0)
    evaluator.update([1], torch.tensor([[0.0, 1.0]]))
    assert evaluator.answers()[1].shape == (2, 2)
    assert evaluator.score("top-1-accuracy").right == 1


def test_what_is_not_kept_cannot_be_scored() -> None:
    evaluator = Classification(labelled(np.array([0]), 20))
    evaluator.update([0], torch.zeros(1, 20))
    with pytest.raises(Unverifiable, match="the 5 best answers"):
        evaluator.score("top-10-accuracy")
    with pytest.raises(Unverifiable, match="mean-iou cannot be taken"):
        evaluator.score("mean-iou")
    assert [kind_of(each) for each in ("top-5-error", "mean-iou", "top-10-error")] == ["labels", "masks", None]


def test_a_model_with_too_few_outputs_is_said() -> None:
    with pytest.raises(DatasetError, match="set has 3 classes and the model has 2 outputs"):
        Classification(labelled(np.array([0]), 3)).update([0], torch.zeros(1, 2))


class Masks:
    name = "masks"
    classes = ("sky", "sea", "land")
    names = ("a", "b", "c")

    def picture(self, index: int) -> Image.Image:
        raise NotImplementedError

    mask = picture


@pytest.mark.parametrize("batch", [1, 3])
def test_mean_iou_is_torchmetrics_s_over_all_pixels(batch: int) -> None:
    random = np.random.default_rng(1)
    masks = torch.from_numpy(random.integers(0, 3, (3, 12, 10)))
    masks[0, :4], masks[1, :, 9] = 255, 255
    logits = torch.from_numpy(random.normal(size=(3, 4, 12, 10)).astype(np.float32))
    logits.scatter_add_(1, masks.where(masks < 4, 3)[:, None], torch.full((3, 1, 12, 10), 1.2))
    evaluator = Segmentation(Masks())  # type: ignore[arg-type]
    for start in range(0, 3, batch):
        end = start + batch
        evaluator.update(list(range(start, end)), {"out": logits[start:end]}, masks[start:end])
    evaluator.unreadable(7)
    import_torchvision()
    from torchmetrics.classification import MulticlassJaccardIndex

    oracle = MulticlassJaccardIndex(4, ignore_index=255)
    oracle.update(logits, masks)
    score = evaluator.score("mean-iou")
    assert score.value == pytest.approx(float(oracle.compute()), abs=1e-6)
    assert score.samples == 4
    assert score.interval[0] < score.value < score.interval[1]
    assert list(score.details["per_class"]) == ["sky", "sea", "land", "3"]

    samples, agreed, answered, there = evaluator.counts()
    assert samples == [0, 1, 2, 7]
    assert agreed[3].sum() == answered[3].sum() == there[3].sum() == 0, "nothing is known of what could not be read"
    assert there.sum() == (masks != 255).sum()
    names = np.array([str(each) for each in samples])
    kept = PixelCounts(model="m", dataset="d", samples=names, agreed=agreed, answered=answered, there=there)
    again = parse(io.BytesIO(dump(kept)), "kept.npz")
    assert again.score("mean-iou") == (pytest.approx(float(oracle.compute()), abs=1e-6), None)
    assert again.score("mean-iou")[0] == score.value
    each = MulticlassJaccardIndex(4, ignore_index=255, average=None)
    for label, (both, either) in again.per_class("mean-iou").items():
        assert both / either == pytest.approx(float(each(logits, masks)[label]), abs=1e-6)
    with pytest.raises(PredictionsError, match="accuracy cannot be taken from the pixels"):
        again.score("accuracy")


def test_small_answers_are_brought_to_the_masks_size() -> None:
    masks = torch.zeros(1, 8, 8, dtype=torch.uint8)
    masks[:, :, 4:] = 1
    evaluator = Segmentation(Masks())  # type: ignore[arg-type]
    evaluator.update([0], torch.tensor([[[[5.0, -5.0]] * 2, [[-5.0, 5.0]] * 2]]), masks)
    assert evaluator.score("mean-iou").value == 1.0


def test_a_class_that_the_model_lacks_is_said() -> None:
    evaluator = Segmentation(Masks())  # type: ignore[arg-type]
    with pytest.raises(DatasetError, match="not one of the model's 2"):
        evaluator.update([0], torch.zeros(1, 2, 4, 4), torch.full((1, 4, 4), 2))
