"""The order of classes is known, or there is a reason; and a data set is what it is called."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from registry.evidence.digest_cache import Remembered
from registry.types import DatasetError, DatasetRef
from registry.verify.accuracy.identity import identify
from registry.verify.class_names import class_names
from registry.verify.datasets import check_classes, find


def pictures(folder: Path, classes: Sequence[str], per_class: int = 1) -> Path:
    for label, name in enumerate(classes):
        (folder / name).mkdir(parents=True)
        for number in range(per_class):
            pixels = np.full((4, 4, 3), 10 * label + number, np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{number}.png")
    return folder


def order(folder: Path, categories: Sequence[str] | None = None, **options: Any) -> tuple[tuple[str, ...], str]:
    dataset: Any = find("My set", {"my set": folder}, categories=categories, **options)
    return dataset.classes, dataset.class_order


def test_names_of_the_weights_or_the_card_are_matched_whatever_their_spelling(tmp_path: Path) -> None:
    folder = pictures(tmp_path, ["golden_retriever", "Tench"])
    categories = ("tench", "golden retriever", "cock")
    assert order(folder, categories) == (("Tench", "golden_retriever", "cock"), "categories")


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("classes.txt", "b\na\nc\n"),
        ("labels.txt", "0 b\n1 a\n2 c\n"),
        ("class_to_idx.json", json.dumps({"a": 1, "b": 0, "c": 2})),
        ("class_index.json", json.dumps({"0": ["b", "bee"], "1": ["a", "ay"], "2": ["c", "sea"]})),
        ("classes.json", json.dumps(["b", "a", "c"])),
        ("synset.txt", "b bee, insect\na ay\nc sea\n"),
    ],
)
def test_the_data_set_s_own_index_says_it(tmp_path: Path, file: str, text: str) -> None:
    folder = pictures(tmp_path, ["a", "b"])
    (folder / file).write_text(text)
    assert order(folder, ("bee", "ay", "sea")) == (("b", "a", "c"), "index")


def test_nothing_says_it_and_one_folder_is_missing(tmp_path: Path) -> None:
    dataset = find("My set", {"my set": pictures(tmp_path, ["a", "b"])})
    check_classes(dataset, 2)
    with pytest.raises(DatasetError, match=r"has 2 classes and the model has 3 outputs, so that nobody can tell"):
        check_classes(dataset, 3)


@pytest.mark.parametrize("folders", [["train"], ["images"], ["Train", "Images"]])
def test_folders_that_are_no_classes(tmp_path: Path, folders: list[str]) -> None:
    for name in folders:
        pictures(tmp_path / name, ["a", "b"])
    with pytest.raises(DatasetError, match="which are no classes: give the folder that holds the class folders"):
        order(tmp_path)


def test_numbers_for_words(tmp_path: Path) -> None:
    folder = pictures(tmp_path, ["0", "1", "2"])
    with pytest.raises(DatasetError, match=r"3 class folders \(numbers\) and the model knows 3 categories"):
        order(folder, ("zero", "one", "two"))


def test_the_split_that_the_card_names_is_read(tmp_path: Path) -> None:
    pictures(tmp_path / "val", ["a", "b"])
    pictures(tmp_path / "test", ["a", "b"], per_class=3)
    dataset = find("My set", {"my set": tmp_path}, split="test")
    assert len(dataset.names) == 6
    assert len(find("My set", {"my set": tmp_path}, split="validation").names) == 2
    with pytest.raises(DatasetError, match="has test, val and not train, which the card names"):
        find("My set", {"my set": tmp_path}, split="train")


@pytest.mark.parametrize(
    ("value", "names"),
    [
        (["a", "b"], ("a", "b")),
        ({0: "a", 1: "b"}, ("a", "b")),
        ({"1": "b", "0": "a"}, ("a", "b")),
        ("a, b", ("a", "b")),
        ("names.txt", ("first", "second")),
        (10, None),
        ("10", None),
    ],
)
def test_a_card_names_its_classes(card: Any, tmp_path: Path, value: Any, names: tuple[str, ...] | None) -> None:
    from dataclasses import replace

    (tmp_path / "names.txt").write_text("first\nsecond\n")
    assert class_names(replace(card("m", Classes=value), base=str(tmp_path))) == names


@pytest.mark.parametrize("value", ["../names.txt", "nowhere.txt", {0: "a", 2: "b"}])
def test_classes_that_cannot_be_read(card: Any, tmp_path: Path, value: Any) -> None:
    from dataclasses import replace

    with pytest.raises(DatasetError, match=r"the card's Classes|there is no file of Classes"):
        class_names(replace(card("m", Classes=value), base=str(tmp_path)))


def test_a_known_data_set_is_held_against_its_size(tmp_path: Path) -> None:
    remembered = Remembered(tmp_path / "digests.sqlite")
    dataset = find("My set", {"my set": pictures(tmp_path / "a", ["a", "b"], per_class=2)})
    part = identify(DatasetRef(name="ImageNet"), dataset, remembered)
    assert not part.complete
    assert part.subset.startswith("4 samples of 2 classes are a part of ImageNet (val) or other data")
    assert "it has 50000 of 1000" in part.subset
    unknown = identify(DatasetRef(name="My set"), dataset, remembered)
    assert (unknown.complete, unknown.subset) == (False, "")
    copied = find("Copy", {"copy": pictures(tmp_path / "b", ["x", "y"], per_class=2)})
    assert identify(DatasetRef(name="Copy"), copied, remembered).contents == unknown.contents, "the same samples"


def test_equal_pictures_are_counted(tmp_path: Path) -> None:
    folder = pictures(tmp_path / "a", ["a", "b"])
    for number in range(3):
        (folder / "a" / f"copy{number}.png").write_bytes((folder / "b" / "0.png").read_bytes())
    identity = identify(
        DatasetRef(name="My set"), find("My set", {"my set": folder}), Remembered(tmp_path / "digests.sqlite")
    )
    assert identity.repeated == 4


def test_a_file_that_macos_leaves_beside_a_picture_is_none(tmp_path: Path) -> None:
    folder = pictures(tmp_path, ["a", "b"])
    (folder / "a" / "._0.png").write_bytes(b"metadata")
    assert len(find("My set", {"my set": folder}).names) == 2


def test_the_split_that_is_meant_goes_before_the_usual_one(tmp_path: Path) -> None:
    for split in ("val", "test", "train"):
        pictures(tmp_path / split, ["a", "b"])
    (tmp_path / "licence").mkdir()
    for split, folder in (("test", "test"), (None, "val"), ("validation", "val"), ("train", "train")):
        dataset: Any = find("My set", {"my set": tmp_path}, split=split)
        assert dataset.folder == tmp_path / folder
