"""COCO's annotation files, as tools write them: ids as floats or texts, and without what COCO's own files always say.

COCO's metrics fail on an object without `iscrowd` and take one numbered 0 for none, so that both are made good here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from registry.files import reason
from registry.types import DatasetError

_OF_PICTURE = ("id", "file_name", "height", "width")
_OF_OBJECT = (
    "id", "image_id", "category_id", "bbox", "area", "iscrowd", "segmentation", "keypoints", "num_keypoints",
)  # fmt: skip
"""What evaluating needs."""


def read_annotations(file: Path) -> dict[str, Any]:
    """An annotation file: ids are whole numbers, pictures in their order, and only what evaluating needs.

    Raises:
        DatasetError: It cannot be read, or is none.
    """
    try:
        about = json.loads(file.read_bytes())
        pictures = [_picture(each) for each in _list(about, "images")]
        categories = [{"id": _number(each, "id"), "name": str(each["name"])} for each in _list(about, "categories")]
        objects = [_object(each, at) for at, each in enumerate(_list(about, "annotations"), 1)]
        _check(pictures, categories, objects)
    except OSError as error:
        raise DatasetError(f"{file} cannot be read: {reason(error)}") from error
    except KeyError as error:
        raise DatasetError(f"{file} is no file of COCO annotations: something in it has no {error}") from error
    except (ValueError, TypeError, RecursionError) as error:
        raise DatasetError(f"{file} is no file of COCO annotations: {error}") from error
    if len({each["id"] for each in objects} - {0}) < len(objects):
        objects = [{**each, "id": at} for at, each in enumerate(objects, 1)]
    return {
        "images": sorted(pictures, key=lambda each: int(each["id"])),
        "annotations": objects,
        "categories": categories,
    }


def _list(about: Any, name: str) -> list[Any]:
    found = about.get(name) if isinstance(about, Mapping) else None
    if not isinstance(found, list) or not all(isinstance(each, Mapping) for each in found):
        raise ValueError(f"it has no list of {name}")
    return found


def _picture(said: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: said[name] for name in _OF_PICTURE if said.get(name) is not None}
    return {**found, "id": _number(said, "id"), "file_name": str(said["file_name"])}


def _object(said: Mapping[str, Any], at: int) -> dict[str, Any]:
    found = {name: said[name] for name in _OF_OBJECT if said.get(name) is not None}
    found["id"] = _number(said, "id") if "id" in found else at
    found["image_id"], found["category_id"] = _number(said, "image_id"), _number(said, "category_id")
    if "bbox" not in found:
        raise ValueError(f"the object {found['id']} has no bbox, so that it says of no object where it is")
    box = [float(each) for each in found["bbox"]]
    if len(box) != 4:
        raise ValueError(f"the bbox of the object {found['id']} has {len(box)} numbers and not 4")
    found["iscrowd"] = int(found.get("iscrowd", 0))
    found["area"] = float(found.get("area", box[2] * box[3]))
    if not found.get("segmentation", True):
        del found["segmentation"]  # an empty list of polygons is none
    return found


def _number(said: Mapping[str, Any], name: str) -> int:
    number = float(said[name])
    if not number.is_integer():
        raise ValueError(f"the {name} {said[name]} is no whole number")
    return int(said[name]) if isinstance(said[name], int | str) else int(number)


def _check(pictures: list[dict[str, Any]], categories: list[dict[str, Any]], objects: list[dict[str, Any]]) -> None:
    if not pictures:
        raise ValueError("it lists no picture")
    for what, entries in (("picture", pictures), ("category", categories)):
        ids = [each["id"] for each in entries]
        if len(set(ids)) < len(ids):
            raise ValueError(f"it lists the {what} {next(each for each in ids if ids.count(each) > 1)} twice")
    known = {each["id"] for each in categories}
    strange = next((each["category_id"] for each in objects if each["category_id"] not in known), None)
    if strange is not None:
        raise ValueError(f"the category {strange} of an object is none that it lists")
