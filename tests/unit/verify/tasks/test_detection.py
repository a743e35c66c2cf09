"""Box, mask and keypoint AP beside pycocotools, fed as torchvision's `references/detection` feeds it."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from pycocotools import mask as masks
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from torch import nn

from registry.types import DatasetError, PredictionsError
from registry.verify.datasets import find
from registry.verify.predictions import KeptPredictions, load
from registry.verify.tasks import Detection
from registry.verify.torchvision_ops import import_torchvision, non_maximum_suppression
from tests.unit.verify.tasks import drawn

CATEGORIES = tuple(import_torchvision().models.detection.MaskRCNN_ResNet50_FPN_Weights.COCO_V1.meta["categories"])


class Finder(nn.Module):
    """Finds objects by their colour, a little off, with some false ones; the weight says how far off."""

    labels = tuple(drawn.COLOURS)

    def __init__(self) -> None:
        super().__init__()
        self.off = nn.Parameter(torch.tensor([0.05]))

    def forward(self, pictures: list[torch.Tensor]) -> list[dict[str, torch.Tensor]]:
        return [self._find(picture) for picture in pictures]

    def _find(self, picture: torch.Tensor) -> dict[str, torch.Tensor]:
        objects: dict[str, list[Any]] = {name: [] for name in ("boxes", "labels", "scores", "masks", "keypoints")}
        for label, colour in drawn.COLOURS.items():
            tone = torch.tensor(colour)[:, None, None] / 255
            rows, columns = torch.where((picture - tone).abs().amax(0) < 0.3)
            if not len(rows):
                continue
            box = torch.stack([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]).float()
            side = box[2] - box[0]
            shift = side * self.off.detach() * torch.tensor([1.0, -1.0, 2.0, 0.5]) * (1 + len(rows) % 3)
            for at, moved in enumerate((box + shift, box + 8 * shift)):
                mask = torch.zeros(picture.shape[1:])
                left, top, right, bottom = moved.round().int().clamp(min=0).tolist()
                mask[top:bottom, left:right] = 0.9
                spots = torch.arange(17)
                points = torch.stack(
                    [moved[0] + side * (spots % 5) / 5, moved[1] + side * (spots // 5) / 4, spots * 0 + 1], 1
                )
                objects["boxes"].append(moved)
                objects["labels"].append(label if label in self.labels else 1)
                objects["scores"].append(0.3 + 0.6 / (1 + at + len(rows) % 7))
                objects["masks"].append(mask[None])
                objects["keypoints"].append(points)
        return {
            "boxes": torch.stack(objects["boxes"]) if objects["boxes"] else torch.zeros(0, 4),
            "labels": torch.tensor(objects["labels"], dtype=torch.int64),
            "scores": torch.tensor(objects["scores"], dtype=torch.float32),
            "masks": torch.stack(objects["masks"]) if objects["masks"] else torch.zeros(0, 1, *picture.shape[1:]),
            "keypoints": torch.stack(objects["keypoints"]) if objects["keypoints"] else torch.zeros(0, 17, 3),
        }


class Person(Finder):
    """Knows persons alone, and takes everything for one."""

    labels = (1,)


def oracle(folder: Path, file: str, model: nn.Module, kind: str) -> np.ndarray:
    """torchvision's `CocoEvaluator` over its own reading of the folder, one picture at a time."""
    functional = import_torchvision().transforms.functional
    with contextlib.redirect_stdout(io.StringIO()):
        right = COCO(str(folder / "annotations" / file))
        results = []
        for number in sorted(right.imgs):
            picture = Image.open(folder / "val2017" / right.imgs[number]["file_name"]).convert("RGB")
            (output,) = model([functional.pil_to_tensor(picture).to(torch.float32) / 255])
            boxes = output["boxes"].clone()
            boxes[:, 2:] -= boxes[:, :2]
            for at, score in enumerate(output["scores"].tolist()):
                entry = {"image_id": number, "category_id": int(output["labels"][at]), "score": score}
                if kind == "bbox":
                    entry["bbox"] = boxes[at].tolist()
                elif kind == "segm":
                    pixels = (output["masks"][at, 0] > 0.5).numpy()[:, :, np.newaxis]
                    entry["segmentation"] = masks.encode(np.asfortranarray(pixels, np.uint8))[0]
                else:
                    entry["keypoints"] = output["keypoints"][at].flatten().tolist()
                results.append(entry)
        evaluation = COCOeval(right, right.loadRes(results), kind)
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return evaluation.stats


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return drawn.coco(tmp_path_factory.mktemp("coco") / "coco", CATEGORIES)


@pytest.mark.parametrize(("batch", "workers"), [(1, 0), (4, 2)])
def test_boxes_and_masks_are_pycocotools_s(
    folder: Path, tmp_path: Path, offered: Callable[..., None], measured: Callable[..., Any], batch: int, workers: int
) -> None:
    offered(Finder, categories=CATEGORIES)
    torch.save(Finder().state_dict(), tmp_path / "weights.pth")
    boxes, segments = (oracle(folder, "instances_val2017.json", Finder(), kind) for kind in ("bbox", "segm"))
    assert 0.1 < boxes[0] < 0.9
    expected = {
        "box AP": boxes[0],
        "AP@0.5": boxes[1],
        "AP@0.75": boxes[2],
        "AP small": boxes[3],
        "AP medium": boxes[4],
        "AP large": boxes[5],
        "AR": boxes[8],
        "mask AP": segments[0],
        "mask AP50": segments[1],
    }
    claims = {name: f"{value:.4%}" for name, value in expected.items()}
    outcomes = measured("Object Detection", "COCO val2017", claims, {"coco": folder}, batch_size=batch, workers=workers)
    for name, value in expected.items():
        measurement = outcomes[name].measurement
        assert measurement.value == pytest.approx(value, abs=1e-6), name
        assert measurement.samples == 14
        assert measurement.interval[0] <= measurement.value <= measurement.interval[1]
    predictions = load(tmp_path / "evidence" / outcomes["box AP"].measurement.details["predictions"]["file"])
    (tmp_path / "results.json").write_text(json.dumps(predictions.documents["boxes"]))
    with contextlib.redirect_stdout(io.StringIO()):
        COCO(str(folder / "annotations" / "instances_val2017.json")).loadRes(str(tmp_path / "results.json"))
    with pytest.raises(PredictionsError, match="no ar-50"):
        Detection().score(predictions, "box-ar-50")


def test_keypoints_and_persons_are_held_against_the_persons(
    folder: Path, tmp_path: Path, offered: Callable[..., None], measured: Callable[..., Any]
) -> None:
    offered(Person, categories=("no person", "person"))
    torch.save(Person().state_dict(), tmp_path / "weights.pth")
    boxes, points = (oracle(folder, "person_keypoints_val2017.json", Person(), kind) for kind in ("bbox", "keypoints"))
    assert 0 < points[0] < 1
    expected = {"box AP": boxes[0], "keypoint AP": points[0], "keypoint AP50": points[1], "keypoint AP75": points[2]}
    claims = {name: f"{value:.4%}" for name, value in expected.items()}
    outcomes = measured("Pose Estimation", "COCO val2017", claims, {"coco": folder})
    for name, value in expected.items():
        assert outcomes[name].measurement.value == pytest.approx(value, abs=1e-6), name
        assert outcomes[name].measurement.details["classes"] == "person only"
    assert outcomes["box AP"].measurement.details["dataset"] == "COCO val2017 (persons with keypoints)"


def test_a_mask_that_the_annotations_lack_is_said(folder: Path) -> None:
    dataset = find("COCO", {"coco": folder}, answers="objects")
    references = dataset.annotations(range(2))
    number = references["annotations"][1]["id"]
    objects = [{name: entry[name] for name in entry if name != "segmentation"} for entry in references["annotations"]]
    answers = [{**entry, "score": 0.5} for entry in references["annotations"]]
    predictions = KeptPredictions(
        task="detection",
        model="",
        dataset="COCO",
        samples=np.array(["a", "b"]),
        classes=(),
        arrays={},
        documents={
            "boxes": answers, "masks": answers, "keypoints": [],
            "references": {**references, "annotations": [references["annotations"][0], *objects[1:]]},
        },
    )  # fmt: skip
    assert Detection().score(predictions, "box-ap").value == pytest.approx(1)
    with pytest.raises(PredictionsError, match=rf"the object {number} of the annotations has no segmentation, which"):
        Detection().score(predictions, "mask-ap")


def test_annotations_that_do_not_fit_are_said(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="has no category 'unicorn'"):
        find("COCO", {"coco": folder}, answers="objects", categories=("__background__", "person", "unicorn"))
    with pytest.raises(DatasetError, match=r"lacks annotations/instances_val2014\.json"):
        find("COCO val2014", {"coco": folder, "COCO val2014": folder}, answers="objects")
    (tmp_path / "annotations").mkdir()
    for text in ("[]", "{", '{"images": [], "annotations": [], "categories": []}', '{"images": 7}'):
        (tmp_path / "annotations" / "instances_val2017.json").write_text(text)
        with pytest.raises(DatasetError, match="is no file of COCO annotations"):
            find("COCO", {"coco": tmp_path}, answers="objects")


def test_boxes_are_suppressed_as_by_torchvision_s_definition() -> None:
    random = torch.Generator().manual_seed(0)
    corners = torch.rand(80, 2, generator=random) * 50
    boxes = torch.cat([corners, corners + 5 + torch.rand(80, 2, generator=random) * 30], 1)
    scores = torch.rand(80, generator=random)
    overlap = import_torchvision().ops.box_iou(boxes, boxes)
    survivors: list[int] = []
    for at in scores.argsort(descending=True).tolist():
        if all(overlap[at, other] <= 0.4 for other in survivors):
            survivors.append(at)
    assert non_maximum_suppression(boxes, scores, 0.4).tolist() == survivors
    assert import_torchvision().ops.nms(boxes, scores, 0.4).tolist() == survivors
    assert non_maximum_suppression(boxes[:0], scores[:0], 0.4).tolist() == []
