"""Folders of COCO as it is unpacked, exported and converted."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from registry.verify.datasets import find
from tests.unit.verify.datasets.refusals import fails
from tests.unit.verify.tasks import drawn

NAMES = ("__background__", "person", "N/A", "car", *["N/A"] * 86, "toothbrush")


@pytest.fixture
def coco(tmp_path: Path) -> Path:
    return drawn.coco(tmp_path / "coco", NAMES, pictures=4)


def changed(folder: Path, change: Callable[[dict[str, Any]], Any]) -> Path:
    file = folder / "annotations" / "instances_val2017.json"
    about = json.loads(file.read_text())
    change(about)
    file.write_text(json.dumps(about))
    return folder


def objects(folder: Path, name: str = "COCO val2017") -> Any:
    return find(name, {"coco": folder, name: folder}, answers="objects", categories=NAMES)


def moved(folder: Path, old: str, new: str) -> Path:
    shutil.move(folder / old, folder / "aside")
    (folder / new).parent.mkdir(parents=True, exist_ok=True)
    shutil.move(folder / "aside", folder / new)
    return folder


LAYOUTS: dict[str, Callable[[Path], Path]] = {
    "pictures in images/val2017": lambda folder: moved(folder, "val2017", "images/val2017"),
    "an archive unpacked in a folder of its name": lambda folder: moved(folder, "val2017", "val2017/val2017"),
    "pictures in images": lambda folder: moved(folder, "val2017", "images"),
    "pictures in val": lambda folder: moved(folder, "val2017", "val"),
    "annotations unpacked in annotations": lambda folder: moved(folder, "annotations", "annotations/annotations"),
    "annotations beside": lambda folder: moved(folder, "annotations/instances_val2017.json", "instances_val2017.json"),
    "folder in the names": lambda folder: changed(
        folder,
        lambda about: [picture.update(file_name=f"val2017/{picture['file_name']}") for picture in about["images"]],
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_coco_is_found_however_it_was_unpacked(coco: Path, layout: str) -> None:
    before = objects(coco).annotations(range(4))
    LAYOUTS[layout](coco)
    dataset = objects(coco)
    assert dataset.sample(3).size == (200, 180)
    after = dataset.annotations(range(4))
    assert (after["annotations"], after["categories"]) == (before["annotations"], before["categories"])


def test_roboflow_s_export_is_read(coco: Path, tmp_path: Path) -> None:
    shutil.move(coco / "val2017", tmp_path / "own" / "valid")
    shutil.move(coco / "annotations" / "instances_val2017.json", tmp_path / "own" / "valid" / "_annotations.coco.json")
    (tmp_path / "own" / "train").mkdir()
    dataset = find("My boxes", {"my boxes": tmp_path / "own"}, answers="objects", categories=NAMES, split="valid")
    assert len(dataset.names) == 4
    assert dataset.sample(0).width == 200


def as_other_tools_write_it(about: dict[str, Any]) -> None:
    about["licenses"], about["info"], about["videos"] = [], {"year": 2017}, None
    for picture in about["images"]:
        picture["id"] = float(picture["id"])
        picture["coco_url"] = "http://images.cocodataset.org/val2017/x.jpg"
    for number, annotation in enumerate(about["annotations"]):
        annotation["id"], annotation["image_id"] = number, str(annotation["image_id"])
        annotation["category_id"] = float(annotation["category_id"])
        annotation["attributes"], annotation["caption"] = {"occluded": False}, "a thing"
        del annotation["iscrowd"], annotation["area"]
    about["images"].append({"id": 5000.0, "file_name": about["images"][0]["file_name"], "height": 180, "width": 200})
    about["annotations"].append({**about["annotations"][0], "id": 900, "image_id": 777})


def test_annotations_of_other_tools_come_to_the_same(coco: Path) -> None:
    before = objects(coco).annotations(range(4))
    after = objects(changed(coco, as_other_tools_write_it))
    assert len(after.names) == 5
    annotations = after.annotations(range(5))
    assert [picture["id"] for picture in annotations["images"]] == [997, 998, 999, 1000, 5000]
    assert [annotation["id"] for annotation in annotations["annotations"]] == list(
        range(1, len(before["annotations"]) + 1)
    )
    for name in ("image_id", "category_id", "bbox", "iscrowd", "area"):
        assert [annotation[name] for annotation in annotations["annotations"]] == [
            annotation[name] for annotation in before["annotations"]
        ], name


WRONG: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "captions": (
        lambda about: [annotation.pop("bbox") for annotation in about["annotations"]],
        "has no bbox",
    ),
    "no file name": (lambda about: about["images"][0].pop("file_name"), "something in it has no 'file_name'"),
    "an unknown category": (lambda about: about["annotations"][0].update(category_id=4), "the category 4 of an object"),
    "a picture twice": (lambda about: about["images"].append(about["images"][0]), "lists the picture 1000 twice"),
    "a box of three": (lambda about: about["annotations"][0].update(bbox=[1, 2, 3]), "has 3 numbers and not 4"),
    "half an id": (lambda about: about["images"][0].update(id=1.5), "the id 1.5 is no whole number"),
    "a word for an id": (lambda about: about["images"][0].update(id="a1"), "is no file of COCO annotations"),
    "a list of numbers": (lambda about: about.update(annotations=[1, 2]), "it has no list of annotations"),
}


@pytest.mark.parametrize("fault", WRONG)
def test_what_is_wrong_with_annotations_is_said(coco: Path, fault: str) -> None:
    change, message = WRONG[fault]
    assert message in fails("COCO val2017", "coco", changed(coco, change), "objects", categories=NAMES)


def test_what_coco_lacks_is_said(coco: Path) -> None:
    (coco / "val2017" / "000000000001.jpg").unlink()
    message = fails("COCO val2017", "coco", coco, "objects")
    assert "lacks 1 of the 4 pictures that instances_val2017.json lists, such as 000000000001.jpg" in message
    (coco / "val2017").rename(coco / "pictures")
    (coco / "val2017.zip").write_bytes(b"PK")
    message = fails("COCO val2017", "coco", coco, "objects")
    assert "has none of the 4 pictures" in message
    assert message.endswith("; unpack val2017.zip there")
    annotations = coco / "annotations"
    (annotations / "instances_val2017.json").rename(annotations / "captions_val2017.json")
    message = fails("COCO val2017", "coco", coco, "objects")
    assert "lacks annotations/instances_val2017.json, which is not what captions_val2017.json" in message
    assert fails("COCO val2017", "coco", coco / "val2017.zip", "objects").endswith("unpack it and give the folder")


def test_persons_have_a_file_of_their_own(coco: Path) -> None:
    (coco / "annotations" / "person_keypoints_val2017.json").unlink()
    message = fails("COCO val2017", "coco", coco, "objects", categories=("no person", "person"))
    assert "lacks annotations/person_keypoints_val2017.json" in message
