"""Pictures, flow, video and boxes give the same numbers on every engine, in any batch, with and without workers."""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from registry.verify.datasets.coco_folders import VOC_CLASSES
from registry.verify.torchvision_ops import import_torchvision
from tests.unit.verify.tasks import drawn
from tests.unit.verify.tasks.test_detection import CATEGORIES, Finder, Person

pytestmark = pytest.mark.slow

FINDER = f"""
from types import SimpleNamespace
from typing import Any

import torch
from torch import nn

drawn = SimpleNamespace(COLOURS={drawn.COLOURS!r})
"""

CARD = """\
<!--
Type: model-index
Models:
- Name: flow
  Builder: torchvision:raft_small
  Weights: flow.pth
  Results:
  - {Task: Optical Flow, Dataset: Sintel training (clean pass), Metrics: {EPE: 1.234, 1px: 50.12%}}
- Name: masks
  Builder: torchvision:lraspp_mobilenet_v3_large
  Weights: masks.pth
  Results:
  - {Task: Semantic Segmentation, Dataset: VOC 2012, Metrics: {mIoU: 12.34%, Pixel Accuracy: 50.12%}}
- Name: clips
  Builder: torchvision:mc3_18
  Weights: clips.pth
  Metadata: {Frame Rate: 15, Clip Length: 8, Image Size: 56, Resize Size: [64, 64]}
  Results:
  - {Task: Video Classification, Dataset: Kinetics-400, Metrics: {Top 1 Accuracy: 50.12%, Top 5 Accuracy: 60.12%}}
- Name: finder
  Builder: finder.py:Finder
  Classes: classes.txt
  Weights: finder.pth
  Results:
  - {Task: Object Detection, Dataset: COCO val2017, Metrics: {box AP: 12.34%, mask AP: 12.34%}}
- Name: persons
  Builder: finder.py:Person
  Classes: [no person, person]
  Weights: finder.pth
  Results:
  - {Task: Pose Estimation, Dataset: COCO val2017, Metrics: {box AP: 12.34%, keypoint AP: 12.34%}}
-->
"""


def voc(folder: Path) -> Path:
    """VOC 2012's layout: pictures, masks whose colours are a palette's, and the list of the split."""
    random = np.random.default_rng(5)
    for name in ("JPEGImages", "SegmentationClass", "ImageSets/Segmentation"):
        (folder / name).mkdir(parents=True)
    names = [f"2007_{number:06d}" for number in range(5)]
    for number, name in enumerate(names):
        height, width = 70 + 10 * number, 120 - 9 * number
        mask = np.zeros((height, width), np.uint8)
        mask[10:40, 10:60], mask[30:60, 40:90], mask[5:9, :] = 15, 7, 255
        pixels = random.integers(0, 90, (height, width, 3)) + 2 * (mask % 80)[..., None]
        Image.fromarray(pixels.astype(np.uint8)).save(folder / "JPEGImages" / f"{name}.jpg", quality=95)
        image = Image.fromarray(mask, "P")
        image.putpalette([(value * 37) % 256 for value in range(768)])
        image.save(folder / "SegmentationClass" / f"{name}.png")
    (folder / "ImageSets" / "Segmentation" / "val.txt").write_text("\n".join(names))
    return folder


def write(folder: Path) -> None:
    models = import_torchvision().models
    torch.manual_seed(0)
    for name, model in {
        "flow": models.optical_flow.raft_small(),
        "masks": models.segmentation.lraspp_mobilenet_v3_large(
            weights=None, weights_backbone=None, num_classes=len(VOC_CLASSES)
        ),
        "clips": models.video.mc3_18(weights=None),
    }.items():
        torch.save(model.state_dict(), folder / f"{name}.pth")
    torch.save(Finder().state_dict(), folder / "finder.pth")
    (folder / "finder.py").write_text(FINDER + inspect.getsource(Finder) + inspect.getsource(Person))
    (folder / "classes.txt").write_text("\n".join(CATEGORIES))
    (folder / "card.md").write_text(CARD)


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[tuple[str, str], float]]:
    folder = tmp_path_factory.mktemp("engines")
    write(folder)
    data = {"sintel": drawn.sintel(folder / "sintel"), "voc2012": voc(folder / "voc")}
    data["coco"] = drawn.coco(folder / "coco", CATEGORIES)
    data["kinetics400"] = drawn.kinetics(folder / "kinetics", ("abseiling", "air drumming", "zumba"))
    measurements = {}
    for engine, batch, workers in (("local", "1", "0"), ("process", "3", "2")):
        command = [sys.executable, "-m", "registry", "verify", "card.md", "--format", "json", "--evidence", engine]
        command += ["--engine", engine, "--batch-size", batch, "--workers", workers, "--device", "cpu", "--trust"]
        command += [part for name, path in data.items() for part in ("--data", f"{name}={path}")]
        environment = {**os.environ, "MIR_CACHE": str(folder / f"cache-{engine}")}
        run = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=250
        )
        assert run.returncode in (0, 1), run.stderr
        measurements[engine] = {(row["model"], row["subject"]): row["measured"] for row in json.loads(run.stdout)}
        assert None not in measurements[engine].values(), [row["reason"] for row in json.loads(run.stdout)][5:]
    return measurements


def test_every_task_was_measured(measured: dict[str, dict[tuple[str, str], float]]) -> None:
    assert {model for model, _ in measured["local"]} == {"flow", "masks", "clips", "finder", "persons"}
    assert len(measured["local"]) == 10


def test_engines_batches_and_workers_change_nothing(measured: dict[str, dict[tuple[str, str], float]]) -> None:
    assert measured["process"].keys() == measured["local"].keys()
    for claim, value in measured["local"].items():
        assert measured["process"][claim] == pytest.approx(value, rel=1e-6, abs=1e-6), claim


def test_voc_is_what_the_confusion_matrix_of_torchvision_s_reference_says(
    measured: dict[str, dict[tuple[str, str], float]], tmp_path: Path
) -> None:
    write(tmp_path)
    folder = voc(tmp_path / "voc")
    vision = import_torchvision()
    functional = vision.transforms.functional
    nearest = vision.transforms.InterpolationMode.NEAREST
    classes = len(VOC_CLASSES)
    model = vision.models.segmentation.lraspp_mobilenet_v3_large(
        weights=None, weights_backbone=None, num_classes=classes
    ).eval()
    model.load_state_dict(torch.load(tmp_path / "masks.pth"))
    matrix = torch.zeros((classes, classes), dtype=torch.int64)
    for name in (folder / "ImageSets" / "Segmentation" / "val.txt").read_text().split():
        # references/segmentation: SegmentationPresetEval(base_size=520) of presets.py, and ConfusionMatrix of utils.py.
        picture = functional.resize(Image.open(folder / "JPEGImages" / f"{name}.jpg").convert("RGB"), 520)
        target = functional.resize(Image.open(folder / "SegmentationClass" / f"{name}.png"), 520, nearest)
        pixels = functional.normalize(
            functional.to_tensor(picture), mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225)
        )
        with torch.inference_mode():
            answers = model(pixels[None])["out"].argmax(1).flatten()
        right = functional.pil_to_tensor(target).squeeze(0).flatten().long()
        counted = (right >= 0) & (right < classes)
        pairs = classes * right[counted] + answers[counted]
        matrix += torch.bincount(pairs, minlength=classes**2).reshape(classes, classes)
    hits = matrix.diag().double()
    accuracy = float(hits.sum() / matrix.sum())
    union = matrix.sum(1) + matrix.sum(0) - matrix.diag()
    shares = (hits / union)[union > 0]
    values = {subject: value for (model_, subject), value in measured["local"].items() if model_ == "masks"}
    assert values["pixel-accuracy"] == pytest.approx(accuracy, abs=1e-6)
    assert values["mean-iou"] == pytest.approx(float(shares.mean()), abs=1e-6)
