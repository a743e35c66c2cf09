"""Quantized weights go into a quantized model, whatever is counted; and COCO's masks are those of the reference."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from pycocotools.coco import COCO

from registry.verify.builders import target
from registry.verify.datasets import find
from registry.verify.datasets.coco_folders import VOC_CATEGORIES, VOC_CLASSES
from registry.verify.torchvision_ops import import_torchvision
from tests.unit.verify.tasks import drawn

CATEGORIES = tuple(import_torchvision().models.detection.MaskRCNN_ResNet50_FPN_Weights.COCO_V1.meta["categories"])


@pytest.mark.filterwarnings("ignore")
def test_quantized_weights_run_quantized(tmp_path: Path, measured: Callable[..., Any]) -> None:
    network = target("torchvision:quantized_resnet18")
    assert network.runs is not None
    assert network.only_on == "cpu"
    models = import_torchvision().models.quantization
    torch.manual_seed(0)
    model = models.resnet18(quantize=False).eval()
    model.fuse_model(is_qat=False)
    quantization = torch.ao.quantization
    model.qconfig = quantization.QConfig(
        activation=quantization.default_observer, weight=quantization.default_weight_observer
    )
    quantization.prepare(model, inplace=True)
    with torch.inference_mode():
        model(torch.randn(4, 3, 224, 224))
    quantization.convert(model, inplace=True)
    torch.save(model.state_dict(), tmp_path / "weights.pth")
    random = np.random.default_rng(0)
    tones = random.integers(0, 256, (6, 1, 1, 3))
    pixels = (random.integers(0, 256, (6, 240, 250, 3)) // 4 + tones * 3 // 4).astype(np.uint8)
    weights = models.ResNet18_QuantizedWeights.IMAGENET1K_FBGEMM_V1
    with torch.inference_mode():
        answers = [int(model(weights.transforms()(Image.fromarray(image))[None]).argmax()) for image in pixels]
    for number, (image, answer) in enumerate(zip(pixels, answers, strict=True)):
        file = tmp_path / "set" / network.categories[answer if number % 2 else 7] / f"{number}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(file)
    right = sum(answer == 7 or number % 2 for number, answer in enumerate(answers))
    assert len(set(answers)) > 1, "a model that was not calibrated answers nothing"
    outcome = measured(
        "Image Classification",
        "set",
        {"Top 1 Accuracy": "50.00%"},
        {"set": tmp_path / "set"},
        builder="torchvision:quantized_resnet18",
    )["Top 1 Accuracy"]
    assert outcome.measurement.value == pytest.approx(right / 6)
    assert "the model ran quantized, on the cpu alone" in outcome.reason


def test_coco_s_masks_are_those_of_torchvision_s_reference(tmp_path: Path) -> None:
    folder = drawn.coco(tmp_path / "coco", CATEGORIES)
    dataset = find("COCO val2017 with PASCAL VOC labels", {"coco": folder}, answers="masks")
    assert dataset.classes == VOC_CLASSES
    coco = COCO(str(folder / "annotations" / "instances_val2017.json"))
    labels: set[int] = set()
    for index, number in enumerate(sorted(coco.imgs)):
        about = coco.imgs[number]
        target_ = np.zeros((about["height"], about["width"]), np.uint8)
        total = np.zeros_like(target_, np.int64)
        for annotation in coco.loadAnns(coco.getAnnIds(number)):
            if annotation["category_id"] in VOC_CATEGORIES:
                pixels = coco.annToMask(annotation)
                target_ = np.maximum(target_, pixels * np.uint8(VOC_CATEGORIES.index(annotation["category_id"])))
                total += pixels
        target_[total > 1] = 255
        assert np.array_equal(np.asarray(dataset.mask(index)), target_)
        labels |= set(np.unique(target_).tolist())
    assert labels >= {0, VOC_CLASSES.index("person"), VOC_CLASSES.index("car")}
