"""Folders as strangers have them: each is read rightly, or one sentence says what is wrong and what to do."""

from __future__ import annotations

import gzip
import shutil
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from registry.verify.datasets import UnreadableError, find
from registry.verify.datasets.clips import read_clips
from tests.unit.verify.datasets.refusals import fails
from tests.unit.verify.tasks import drawn

CLASSES = ("abseiling", "air drumming", "zumba")


def voc(folder: Path) -> Path:
    for name, split in (("a", "train"), ("b", "val"), ("c", "val")):
        for part, end in (("JPEGImages", "jpg"), ("SegmentationClass", "png")):
            (folder / part).mkdir(parents=True, exist_ok=True)
            picture = Image.fromarray(np.full((6, 8), 255 if name == "b" else 15, np.uint8))
            picture.convert("RGB" if end == "jpg" else "L").save(folder / part / f"{name}.{end}")
        (folder / "ImageSets" / "Segmentation").mkdir(parents=True, exist_ok=True)
        with (folder / "ImageSets" / "Segmentation" / f"{split}.txt").open("a") as file:
            file.write(f"{name}\n")
    return folder


def test_voc_s_splits_are_its_lists(tmp_path: Path) -> None:
    folder = voc(tmp_path / "VOCdevkit" / "VOC2012")
    names = {
        split: find("VOC 2012", {"voc2012": tmp_path}, answers="masks", split=split).names for split in (None, "train")
    }
    assert names[None] == ("JPEGImages/b.jpg", "JPEGImages/c.jpg")
    assert names["train"] == ("JPEGImages/a.jpg",)
    assert len(find("PASCAL VOC 2012 (val)", {"voc2012": folder}, answers="masks").names) == 2
    message = fails("VOC 2012", "voc2012", tmp_path, "masks", split="trainval")
    assert "lacks ImageSets/Segmentation/trainval.txt; its lists: train.txt, val.txt" in message
    (folder / "SegmentationClass" / "b.png").unlink()
    assert "no mask for 'b'" in fails("VOC 2012", "voc2012", tmp_path, "masks")
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "VOCtrainval_11-May-2012.tar").touch()
    assert fails("VOC 2012", "voc2012", tmp_path / "empty", "masks").endswith(
        "; unpack VOCtrainval_11-May-2012.tar there"
    )


def test_masks_of_colours_are_no_classes(tmp_path: Path) -> None:
    folder = voc(tmp_path)
    Image.new("RGB", (8, 6), (192, 128, 128)).save(folder / "SegmentationClass" / "b.png")
    with pytest.raises(UnreadableError, match=r"b\.png is a picture of colours \(RGB\)"):
        find("VOC 2012", {"voc2012": folder}, answers="masks").mask(0)


@pytest.fixture(scope="module")
def kinetics(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return drawn.kinetics(tmp_path_factory.mktemp("kinetics"), CLASSES)


def test_kinetics_is_read_by_its_own_list(kinetics: Path, tmp_path: Path) -> None:
    rows = ["label,youtube_id,time_start,time_end,split"]
    for number in range(6):
        label = CLASSES[number % 3]
        shutil.copy(kinetics / "val" / label / f"{number}.mp4", tmp_path / f"v_{number}_000010_000020.mp4")
        rows.append(f"{label},v_{number},10,20,val")
    rows += ["zumba,gone,1,11,val", "zumba,v_0,10,20,train"]
    (tmp_path / "annotations").mkdir()
    (tmp_path / "annotations" / "val.csv").write_text("\n".join(rows))
    dataset = find("Kinetics-400", {"kinetics-400": tmp_path}, answers="labelled clips", categories=CLASSES[::-1])
    assert dataset.classes == CLASSES[::-1]
    assert [dataset.classes[label] for label in dataset.labels] == [CLASSES[number % 3] for number in range(6)]
    assert dataset.sample(5).name == "v_5_000010_000020.mp4"
    (tmp_path / "annotations" / "val.csv").unlink()
    message = fails("Kinetics-400", "kinetics-400", tmp_path, "labelled clips")
    assert "files that lie there into a folder for each class" in message


def test_sound_alone_and_changing_rates(tmp_path: Path) -> None:
    import av

    for name in ("sound", "changing"):
        with av.open(str(tmp_path / f"{name}.mp4"), "w") as file:
            if name == "sound":
                stream: Any = file.add_stream("aac", rate=16000)
                frames: Any = [av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")]
                frames[0].sample_rate = 16000
            else:
                stream = file.add_stream("mpeg4", rate=30)
                stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
                frames = [
                    av.VideoFrame.from_ndarray(np.full((48, 64, 3), 4 * at, np.uint8), format="rgb24")
                    for at in range(40)
                ]
                for at, frame in enumerate(frames):
                    frame.pts = at + max(0, at - 20)  # the second half has half the rate
            for frame in [*frames, None]:
                file.mux(stream.encode(frame))
    with pytest.raises(UnreadableError, match="it has sound and no pictures"):
        read_clips(tmp_path / "sound.mp4", frames=4, rate=15, clips=1)
    with av.open(str(tmp_path / "changing.mp4")) as file:
        rate = float(file.streams.video[0].average_rate)
    assert 19 < rate < 25
    assert read_clips(tmp_path / "changing.mp4", frames=16, rate=rate, clips=2).shape == (2, 16, 48, 64, 3)


def test_what_flows_lack_is_said(tmp_path: Path) -> None:
    sintel = drawn.sintel(tmp_path / "MPI-Sintel-complete")
    clean = find("MPI Sintel", {"sintel": tmp_path}, answers="flows", split="training", config="clean")
    assert clean.names == find("Sintel-clean", {"sintel": sintel}, answers="flows").names
    message = fails("Sintel", "sintel", sintel, "flows")
    assert "has the passes clean and final: say which" in message
    shutil.move(sintel / "training" / "final", sintel / "training" / "albedo")
    assert "lacks final; it has clean" in fails("Sintel (final)", "sintel", sintel, "flows")
    flow = sintel / "training" / "flow" / "alley_1" / "frame_0001.flo"
    flow.write_bytes(b"HEIP" + flow.read_bytes()[4:])
    with pytest.raises(UnreadableError, match=r"frame_0001\.flo: it is no \.flo file: it begins with b'HEIP'"):
        find("Sintel (clean)", {"sintel": sintel}, answers="flows").flow(0)
    flow.unlink()
    message = fails("Sintel (clean)", "sintel", sintel, "flows")
    assert "lacks 1 of the 6 files of its pairs, such as flow/alley_1/frame_0001.flo" in message


def test_a_flow_of_eight_bits_is_none_of_kitti_s(tmp_path: Path) -> None:
    folder = drawn.kitti(tmp_path)
    Image.new("RGB", (150, 133), (128, 128, 1)).save(folder / "training" / "flow_occ" / "000000_10.png")
    with pytest.raises(UnreadableError, match="it holds rgb24 and not the three 16-bit numbers"):
        find("KITTI 2015", {"kitti-2015": folder}, answers="flows").flow(0)
    (folder / "training" / "image_2" / "000001_11.png").unlink()
    assert "such as image_2/000001_11.png" in fails("KITTI 2015", "kitti-2015", folder, "flows")


def test_flying_chairs_need_their_list(tmp_path: Path) -> None:
    folder = drawn.chairs(tmp_path / "FlyingChairs_release")
    shutil.move(folder / "FlyingChairs_train_val.txt", tmp_path / "FlyingChairs_train_val.txt")
    data = {"flyingchairs": tmp_path}
    assert [name[5:10] for name in find("FlyingChairs", data, answers="flows").names] == ["00002", "00003"]
    assert len(find("FlyingChairs", data, answers="flows", split="train").names) == 2
    (tmp_path / "FlyingChairs_train_val.txt").write_text("train\nval\n")
    assert "is no list of 1 (training) and 2 (validation)" in fails("FlyingChairs", "flyingchairs", tmp_path, "flows")
    (tmp_path / "FlyingChairs_train_val.txt").unlink()
    assert "lacks FlyingChairs_train_val.txt" in fails("FlyingChairs", "flyingchairs", tmp_path, "flows")


def test_flying_things_are_read_as_torchvision_reads_them(tmp_path: Path) -> None:
    from registry.verify.torchvision_ops import import_torchvision

    random, root = np.random.default_rng(0), tmp_path / "FlyingThings3D"
    for look in ("frames_cleanpass", "frames_finalpass"):
        for frame in range(6, 9):
            file = root / look / "TEST" / "A" / "0000" / "left" / f"{frame:04d}.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(random.integers(0, 255, (16, 24, 3), np.uint8)).save(file)
    for direction, letters in (("into_future", "IntoFuture"), ("into_past", "IntoPast")):
        for frame in range(6, 9):
            file = root / "optical_flow/TEST/A/0000" / direction / "left" / f"OpticalFlow{letters}_{frame:04d}_L.pfm"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(b"PF\n24 16\n-1\n" + random.normal(size=(16, 24, 3)).astype("<f4").tobytes())
    reference = import_torchvision().datasets.FlyingThings3D(str(tmp_path), split="test", pass_name="final")
    ours = find("FlyingThings3D (final)", {"flyingthings3d (final)": tmp_path}, answers="flows")
    assert len(reference) == len(ours.names) == 4
    right = {(one.tobytes(), two.tobytes()): flow for one, two, flow in reference}
    for index in range(4):
        pair, (flow, mask) = ours.sample(index), ours.flow(index)
        assert np.array_equal(right[pair.first.tobytes(), pair.second.tobytes()], flow)
        assert mask.all()


def idx(pixels: np.ndarray) -> bytes:
    return bytes((0, 0, 8, pixels.ndim)) + struct.pack(f">{pixels.ndim}I", *pixels.shape) + pixels.tobytes()


@pytest.mark.parametrize("name", ["MNIST", "Fashion-MNIST"])
@pytest.mark.parametrize(
    ("folder", "spelled", "packs"),
    [
        (".", "{}-{}-idx{}-ubyte", False),
        (".", "{}-{}-idx{}-ubyte", True),
        (".", "{}-{}.idx{}-ubyte", False),
        ("{}/raw", "{}-{}-idx{}-ubyte", True),
        ("raw", "{}-{}-idx{}-ubyte", False),
    ],
)
def test_mnist_is_read_packed_or_not(tmp_path: Path, name: str, folder: str, spelled: str, packs: bool) -> None:
    random = np.random.default_rng(0)
    root = tmp_path / folder.format(name.replace("-", ""))
    root.mkdir(parents=True, exist_ok=True)
    splits = {"t10k": random.integers(0, 256, (12, 28, 28), np.uint8), "train": np.zeros((3, 28, 28), np.uint8)}
    for prefix, pixels in splits.items():
        for part, array in (("images", pixels), ("labels", np.arange(len(pixels), dtype=np.uint8) % 10)):
            data, file = idx(array), root / spelled.format(prefix, part, array.ndim)
            file = file.with_name(f"{file.name}.gz") if packs else file
            file.write_bytes(gzip.compress(data) if packs else data)
    dataset = find(name, {name: tmp_path})
    assert (dataset.name, len(dataset.classes), dataset.labels.tolist()) == (f"{name} (test)", 10, [*range(10), 0, 1])
    assert np.array_equal(np.asarray(dataset.sample(3)), splits["t10k"][3])
    assert len(find(name, {name: tmp_path}, split="train").labels) == 3
    assert "has no split validation2" in fails(name, name, tmp_path, "labels", split="validation2")
    for file in root.glob("t10k*"):
        file.unlink()
    assert "; it holds only the split train" in fails(name, name, tmp_path, "labels")


@pytest.mark.parametrize(
    "data", [b"", b"\0\0\x08\x03", b"\0\0\x0d\x03" + bytes(40), idx(np.zeros((2, 3, 3), "u1"))[:-1]]
)
def test_a_damaged_idx_file_is_the_reason(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "t10k-images-idx3-ubyte").write_bytes(data)
    (tmp_path / "t10k-labels-idx1-ubyte").write_bytes(idx(np.zeros(2, "u1")))
    assert "is no idx file of 3 axes of bytes, or is truncated" in fails("MNIST", "mnist", tmp_path, "labels")


@pytest.mark.parametrize(
    ("name", "holds", "archive"),
    [
        ("CIFAR-10", "cifar-10-batches-py", "cifar-10-python.tar.gz"),
        ("CIFAR-100", "cifar-100-python", "cifar-100-python.tar.gz"),
        ("SVHN", "test_32x32.mat", "train_32x32.mat"),
        ("STL-10", "stl10_binary", "stl10_binary.tar.gz"),
    ],
)
def test_what_torchvision_s_folders_lack_is_said(tmp_path: Path, name: str, holds: str, archive: str) -> None:
    (tmp_path / archive).touch()
    message = fails(name, name, tmp_path, "labels")
    assert f"lacks {holds}" in message
    assert ("; unpack" in message) == archive.endswith("gz")
    (tmp_path / holds).mkdir() if "." not in holds else (tmp_path / holds).write_bytes(b"MATLAB")
    message = fails(name, name, tmp_path, "labels")
    assert f"a file of {holds} is not there, or its MD5 sum is not that of the published one" in message
    assert "download" not in message
