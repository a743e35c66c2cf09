from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from registry.evidence.digest_cache import Remembered
from registry.types import DatasetError
from registry.verify.datasets import UnreadableError, find, whereabouts
from registry.verify.datasets.class_order import imagenet_synsets
from registry.verify.torchvision_ops import import_torchvision


def write(file: Path, value: int = 0) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((8, 8, 3), value, np.uint8)).save(file)


def remembered(tmp_path: Path) -> Remembered:
    return Remembered(tmp_path / "digests.sqlite")


def test_digits_are_named_with_their_samples(tmp_path: Path) -> None:
    dataset = find("scikit-learn Digits (samples 1437-1796)", {})
    assert (dataset.name, len(dataset.names), dataset.names[0]) == (
        "scikit-learn digits (samples 1437-1796)",
        360,
        "1437",
    )
    assert np.array_equal(np.asarray(dataset.sample(3)), load_digits().images[1440])
    whole = find("scikit-learn digits", {})
    assert len(whole.names) == 1797
    assert dataset.fingerprint(remembered(tmp_path)) != whole.fingerprint(remembered(tmp_path))
    with pytest.raises(DatasetError, match="has samples 0 to 1796"):
        find("scikit-learn digits (samples 1-9999)", {})


def test_classes_are_numbered_as_the_model_numbers_its_outputs() -> None:
    backwards = tuple("9876543210")
    dataset = find("scikit-learn digits", {}, categories=backwards)
    assert dataset.classes == backwards
    assert [backwards[label] for label in dataset.labels] == [str(digit) for digit in load_digits().target]


def test_a_dataset_that_is_not_here_names_the_option() -> None:
    with pytest.raises(DatasetError, match=r"ILSVRC 2012 is not here; give its folder with --data imagenet=PATH"):
        find("ILSVRC 2012", {})
    with pytest.raises(DatasetError, match="is no folder"):
        find("ImageNet", {"imagenet-1k": Path("/nowhere")})


def test_an_image_folder(tmp_path: Path) -> None:
    for name in ("val/cat/b.png", "val/cat/a.JPEG", "val/dog/deep/c.png", "val/.hidden/d.png", "train/cat/e.png"):
        write(tmp_path / name)
    (tmp_path / "val/cat/notes.txt").write_text("no picture")
    dataset = find("pets", {"Pets": tmp_path})
    assert dataset.names == ("cat/a.JPEG", "cat/b.png", "dog/deep/c.png")
    assert (dataset.classes, dataset.labels.tolist()) == (("cat", "dog"), [0, 0, 1])
    assert find("pets", {"pets": tmp_path}, categories=("dog", "bird", "cat")).labels.tolist() == [2, 2, 0]
    with pytest.raises(DatasetError, match="nobody can tell which is which"):
        find("pets", {"pets": tmp_path}, categories=("a", "b", "c"))
    with pytest.raises(DatasetError, match="no pictures in class folders"):
        find("pets", {"pets": tmp_path / "val" / "cat"})


def test_imagenet_s_classes_are_told_by_their_ids(tmp_path: Path) -> None:
    synsets = imagenet_synsets()
    assert (len(synsets), list(synsets)) == (1000, sorted(synsets))
    write(tmp_path / synsets[7] / "x.jpg")
    write(tmp_path / synsets[0] / "y.jpg")
    names = tuple(f"class {number}" for number in range(1000))
    assert find("ImageNet", {"imagenet": tmp_path}, categories=names).labels.tolist() == [0, 7]
    write(tmp_path / "n99999999" / "z.jpg")
    with pytest.raises(DatasetError, match="n99999999"):
        find("ImageNet", {"imagenet": tmp_path}, categories=names)


def test_a_fingerprint_follows_names_and_contents(tmp_path: Path) -> None:
    write(tmp_path / "set" / "a" / "1.png", 1)
    write(tmp_path / "set" / "b" / "2.png", 2)

    def taken() -> str:
        return find("set", {"set": tmp_path / "set"}).fingerprint(remembered(tmp_path))

    first = taken()
    assert taken() == first
    write(tmp_path / "set" / "b" / "2.png", 3)
    changed = taken()
    (tmp_path / "set" / "b" / "2.png").rename(tmp_path / "set" / "b" / "3.png")
    assert len({first, changed, taken()}) == 3


@pytest.mark.parametrize("data", [b"", b"no picture", b"\xff\xd8\xff\xe0 cut"])
def test_a_damaged_picture_says_so(tmp_path: Path, data: bytes) -> None:
    write(tmp_path / "a" / "1.png")
    (tmp_path / "a" / "0.jpg").write_bytes(data)
    dataset = find("set", {"set": tmp_path})
    with pytest.raises(UnreadableError):
        dataset.sample(0)
    assert dataset.sample(1).size == (8, 8)


def test_a_truncated_picture_says_so(tmp_path: Path) -> None:
    file = tmp_path / "a" / "1.jpg"
    file.parent.mkdir()
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)).save(file)
    file.write_bytes(file.read_bytes()[:-500])
    with pytest.raises(UnreadableError):
        find("set", {"set": tmp_path}).sample(0)


def test_cifar_through_torchvision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (20, 3072), np.uint8)
    folder = tmp_path / "cifar-10-batches-py"
    folder.mkdir()
    names = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
    (folder / "test_batch").write_bytes(pickle.dumps({"data": pixels, "labels": [n % 10 for n in range(20)]}))
    (folder / "batches.meta").write_bytes(pickle.dumps({"label_names": names}))
    with pytest.raises(
        DatasetError, match=r"CIFAR-10 in .* cannot be read: a file of cifar-10-batches-py is not there, or its MD5"
    ):
        find("CIFAR10", {"cifar-10": tmp_path})
    reader = import_torchvision().datasets.CIFAR10
    monkeypatch.setattr(reader, "_check_integrity", lambda self: True)
    monkeypatch.setitem(reader.meta, "md5", None)
    dataset = find("CIFAR10", {"cifar-10": tmp_path})
    assert (dataset.name, dataset.classes, dataset.labels.tolist()[:3]) == ("CIFAR-10 (test)", tuple(names), [0, 1, 2])
    assert np.array_equal(np.asarray(dataset.sample(4)), pixels[4].reshape(3, 32, 32).transpose(1, 2, 0))


def test_masks_beside_pictures(tmp_path: Path) -> None:
    for name in ("JPEGImages/a.jpg", "JPEGImages/b.jpg", "JPEGImages/c.jpg"):
        write(tmp_path / name)
    for name in ("SegmentationClass/a.png", "SegmentationClass/b.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.fromarray(np.full((8, 8), 7, np.uint8)).save(tmp_path / name)
    with pytest.raises(DatasetError, match="no mask for 'c'"):
        find("VOC 2012", {"voc2012": tmp_path}, answers="masks")
    (tmp_path / "ImageSets/Segmentation").mkdir(parents=True)
    (tmp_path / "ImageSets/Segmentation/val.txt").write_text("b\na\n")
    dataset = find("VOC 2012", {"voc2012": tmp_path}, answers="masks")
    assert list(dataset.names) == ["JPEGImages/b.jpg", "JPEGImages/a.jpg"]
    assert np.asarray(dataset.mask(0)).max() == 7
    with pytest.raises(DatasetError, match="neither JPEGImages"):
        find("VOC 2012", {"voc2012": tmp_path / "JPEGImages"}, answers="masks")


@pytest.mark.parametrize(
    ("hub", "offered"), [("nyu-mll/glue", True), ("imdb", True), ("imagefolder", False), (None, False)]
)
def test_data_of_the_hub_may_be_fetched(hub: str | None, offered: bool) -> None:
    with pytest.raises(DatasetError) as error:
        whereabouts("reviews", {}, answers="labelled texts", hub=hub)
    assert (f", or fetch {hub} from the Hub with --fetch-data" in error.value.message) == offered
    with pytest.raises(DatasetError) as error:
        whereabouts("boxes", {}, answers="objects", hub=hub)
    assert "--fetch-data" not in error.value.message


def test_a_claim_of_no_data_set_is_told_as_that() -> None:
    with pytest.raises(DatasetError, match=r"^the card does not say which data set it was measured on$"):
        whereabouts("", {})
