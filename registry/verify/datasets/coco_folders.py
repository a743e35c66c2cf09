"""COCO's folders: pictures, and annotations of their objects in one JSON file for each split."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from registry.files import reason
from registry.types import DatasetError
from registry.verify.datasets.class_folders import of_files, read_picture
from registry.verify.datasets.dataset import IGNORED, UnreadableError
from registry.verify.datasets.sources import absent, lacks, packed
from registry.vocabulary.dataset_sizes import split_name

if TYPE_CHECKING:
    from registry.evidence.digest_cache import Remembered

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
        pictures = [_picture(picture) for picture in _list(about, "images")]
        categories = [
            {"id": _number(category, "id"), "name": str(category["name"])} for category in _list(about, "categories")
        ]
        objects = [_object(annotation, at) for at, annotation in enumerate(_list(about, "annotations"), 1)]
        _check(pictures, categories, objects)
    except OSError as error:
        raise DatasetError(f"{file} cannot be read: {reason(error)}") from error
    except KeyError as error:
        raise DatasetError(f"{file} is no file of COCO annotations: something in it has no {error}") from error
    except (ValueError, TypeError, RecursionError) as error:
        raise DatasetError(f"{file} is no file of COCO annotations: {error}") from error
    if len({annotation["id"] for annotation in objects} - {0}) < len(objects):
        objects = [{**annotation, "id": at} for at, annotation in enumerate(objects, 1)]
    return {
        "images": sorted(pictures, key=lambda picture: int(picture["id"])),
        "annotations": objects,
        "categories": categories,
    }


def _list(about: Any, name: str) -> list[Any]:
    entries = about.get(name) if isinstance(about, Mapping) else None
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        raise ValueError(f"it has no list of {name}")
    return entries


def _picture(entry: Mapping[str, Any]) -> dict[str, Any]:
    picture = {name: entry[name] for name in _OF_PICTURE if entry.get(name) is not None}
    return {**picture, "id": _number(entry, "id"), "file_name": str(entry["file_name"])}


def _object(entry: Mapping[str, Any], at: int) -> dict[str, Any]:
    record = {name: entry[name] for name in _OF_OBJECT if entry.get(name) is not None}
    record["id"] = _number(entry, "id") if "id" in record else at
    record["image_id"], record["category_id"] = _number(entry, "image_id"), _number(entry, "category_id")
    if "bbox" not in record:
        raise ValueError(f"the object {record['id']} has no bbox, so that it says of no object where it is")
    box = [float(number) for number in record["bbox"]]
    if len(box) != 4:
        raise ValueError(f"the bbox of the object {record['id']} has {len(box)} numbers and not 4")
    record["iscrowd"] = int(record.get("iscrowd", 0))
    record["area"] = float(record.get("area", box[2] * box[3]))
    if not record.get("segmentation", True):
        del record["segmentation"]  # an empty list of polygons is none
    return record


def _number(entry: Mapping[str, Any], name: str) -> int:
    number = float(entry[name])
    if not number.is_integer():
        raise ValueError(f"the {name} {entry[name]} is no whole number")
    return int(entry[name]) if isinstance(entry[name], int | str) else int(number)


def _check(pictures: list[dict[str, Any]], categories: list[dict[str, Any]], objects: list[dict[str, Any]]) -> None:
    if not pictures:
        raise ValueError("it lists no picture")
    for kind, entries in (("picture", pictures), ("category", categories)):
        ids = [entry["id"] for entry in entries]
        if len(set(ids)) < len(ids):
            raise ValueError(f"it lists the {kind} {next(number for number in ids if ids.count(number) > 1)} twice")
    numbers = {category["id"] for category in categories}
    strange = next(
        (annotation["category_id"] for annotation in objects if annotation["category_id"] not in numbers), None
    )
    if strange is not None:
        raise ValueError(f"the category {strange} of an object is none that it lists")


VOC_CLASSES = (
    "background", "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow", "diningtable",
    "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor",
)  # fmt: skip

VOC_CATEGORIES = (0, 5, 2, 16, 9, 44, 6, 3, 17, 62, 21, 67, 18, 19, 4, 1, 64, 20, 63, 7, 72)
"""COCO's category of each of VOC's classes, as torchvision's `references/segmentation/coco_utils.py` lists them."""


@dataclass(frozen=True, kw_only=True)
class CocoFolder:
    """See `Dataset`. Objects are those of the annotation file, crowds included.

    Attributes:
        folder: The folder that holds both.
        pictures: Path of each picture from there.
        ids: COCO's number of each picture.
        about: The annotation file's content.
        numbers: COCO's category of each of the model's labels; of another label it is the label itself.
    """

    name: str
    folder: Path
    file: str
    pictures: tuple[str, ...]
    ids: tuple[int, ...]
    about: Mapping[str, Any]
    classes: tuple[str, ...]
    numbers: Mapping[int, int]

    @property
    def names(self) -> Sequence[str]:
        """The pictures' files."""
        return self.pictures

    def sample(self, index: int) -> Image.Image:
        return read_picture(self.folder / self.pictures[index])

    def category(self, label: int) -> int:
        """COCO's number for a label that the model gives."""
        return self.numbers.get(label, label)

    def annotations(self, indices: Sequence[int]) -> dict[str, Any]:
        """The annotation file cut to some pictures, in COCO's form."""
        ids = {self.ids[index] for index in indices}
        return {
            "images": [picture for picture in self.about["images"] if picture["id"] in ids],
            "annotations": [annotation for annotation in self.about["annotations"] if annotation["image_id"] in ids],
            "categories": self.about["categories"],
        }

    def fingerprint(self, remembered: Remembered) -> str:
        return of_files(self.folder, [self.file, *self.pictures], remembered)

    def __getstate__(self) -> dict[str, Any]:
        """Processes that decode read the pictures alone, and not the file of half a gigabyte."""
        return {**vars(self), "about": {}}


@dataclass(frozen=True, kw_only=True)
class CocoAsVoc:
    """COCO's pictures with VOC's 21 classes for each pixel, as torchvision's segmentation models are evaluated.

    Objects of other categories are background; pixels of several objects are not counted. See `Masked`.
    """

    objects: CocoFolder
    shapes: Mapping[int, Sequence[tuple[int, Any]]]
    name: str
    classes: tuple[str, ...] = VOC_CLASSES

    @property
    def names(self) -> Sequence[str]:
        """The pictures' files."""
        return self.objects.names

    def sample(self, index: int) -> Image.Image:
        return self.objects.sample(index)

    def mask(self, index: int) -> Image.Image:
        from registry.verify.tasks.coco_summary import decoded

        picture = self.sample(index)
        width, height = picture.size
        classes, objects = np.zeros((height, width), np.uint8), np.zeros((height, width), np.int32)
        try:
            for number, segmentation in self.shapes.get(index, ()):
                pixels = decoded(segmentation, height, width)
                classes = np.maximum(classes, pixels * np.uint8(number))
                objects += pixels
        except (ValueError, TypeError, KeyError, IndexError) as error:
            raise UnreadableError(f"its objects cannot be drawn: {error}") from error
        classes[objects > 1] = IGNORED
        return Image.fromarray(classes)

    def fingerprint(self, remembered: Remembered) -> str:
        return self.objects.fingerprint(remembered)


def load(path: Path, name: str, categories: Sequence[str] | None, split: str = "val") -> CocoFolder:
    """List a split's pictures: that of the name, such as `val2017`, else the one of the split that is there.

    A model that knows persons alone is held against `person_keypoints_*.json`, as torchvision's reference does.

    Raises:
        DatasetError: The annotations or pictures are not there, or not COCO's; or the model's classes are not theirs.
    """
    labels = [label for label in categories or () if label.casefold() not in ("n/a", "__background__", "no person")]
    prefix = "person_keypoints" if labels == ["person"] else "instances"
    file = _annotations(path, name, prefix, split)
    about = read_annotations(file)
    ids = {category["name"]: category["id"] for category in about["categories"]}
    numbers = {}
    if categories is not None:
        strangers = [label for label in labels if label not in ids]
        if strangers:
            raise DatasetError(f"{name} has no category '{strangers[0]}', which is one of the model's")
        numbers = {label: ids[category] for label, category in enumerate(categories) if category in ids}
    files = [picture["file_name"] for picture in about["images"]]
    pictures = _pictures(path, name, file, files)
    return CocoFolder(
        name=f"{name} (persons with keypoints)" if file.stem.startswith("person_keypoints") else name,
        folder=path,
        file=file.relative_to(path).as_posix(),
        pictures=tuple(f"{pictures}{file}" for file in files),
        ids=tuple(picture["id"] for picture in about["images"]),
        about=about,
        classes=tuple(ids),
        numbers=numbers,
    )


def _annotations(path: Path, name: str, prefix: str, split: str) -> Path:
    """The annotation file: where COCO's archive puts it, or beside its pictures as Roboflow and FiftyOne lay it out."""
    exact = next(iter(re.findall(r"(?:train|val|test)\d{4}", name.replace(" ", ""))), None)
    folders = [path / "annotations", path / "annotations" / "annotations", path]
    usual = split_name(split) or split or "val"
    patterns = [f"{prefix}_{exact}.json"] if exact else [f"{prefix}_{usual}*.json"]
    own = () if exact else ("_annotations.coco.json", "labels.json", f"{split}.json")
    for folder in folders:
        files = [file for pattern in patterns for file in sorted(folder.glob(pattern))]
        files += [folder / candidate for candidate in own if (folder / candidate).is_file()]
        if files:
            return files[0]
    example = patterns[0].replace("*", "2017" if usual == "val" else "")
    names = sorted(file.name for folder in folders for file in folder.glob("*.json"))
    has = f", which is not what {' and '.join(names[:3])} there hold" if names else ""
    raise DatasetError(f"{name} in {path} lacks annotations/{example}{has}{packed(path, path / 'annotations')}")


def _pictures(path: Path, name: str, file: Path, files: Sequence[str]) -> str:
    """Where the pictures lie from `path`, as the beginning of their paths."""
    split = file.stem.rpartition("_")[2]
    beside = file.parent.relative_to(path).as_posix()
    usual = (split, f"images/{split}", f"{split}/{split}", split.rstrip("0123456789"), "images", "data", beside, ".")
    counted = {folder: absent(path / folder, files) for folder in dict.fromkeys(usual) if (path / folder).is_dir()}
    best = min(counted, key=lambda folder: len(counted[folder]))
    lacking = counted[best]
    if len(lacking) == len(files):
        where = f"{split}/{files[0]}"
        raise DatasetError(
            f"{name} in {path} has none of the {len(files)} pictures that {file.name} lists, such as {where}"
            f"{packed(path)}"
        )
    if lacking:
        raise DatasetError(f"{name} in {path / best} {lacks(lacking, len(files), f'pictures that {file.name} lists')}")
    return "" if best == "." else f"{best}/"


def load_as_voc(path: Path, name: str, split: str = "val") -> CocoAsVoc:
    """See `CocoAsVoc`.

    Raises:
        DatasetError: See `load`.
    """
    objects = load(path, name, None, split)
    at = {number: index for index, number in enumerate(objects.ids)}
    shapes: dict[int, list[tuple[int, Any]]] = {}
    for annotation in objects.about["annotations"]:
        if annotation["category_id"] in VOC_CATEGORIES and annotation["image_id"] in at:
            if "segmentation" not in annotation:
                raise DatasetError(
                    f"{name} in {path}: the object {annotation['id']} of {objects.file} has no segmentation"
                )
            number = VOC_CATEGORIES.index(annotation["category_id"])
            shapes.setdefault(at[annotation["image_id"]], []).append((number, annotation["segmentation"]))
    return CocoAsVoc(objects=objects, shapes=shapes, name=name)
