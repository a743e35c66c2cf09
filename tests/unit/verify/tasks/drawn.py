"""Small data sets in the true layouts, drawn: pictures with objects, flows by known shifts, clips."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

COLOURS = {1: (220, 30, 30), 3: (30, 220, 30), 90: (30, 30, 220)}
"""COCO's categories person, car and toothbrush: numbers with gaps between them."""


def coco(folder: Path, names: Sequence[str], pictures: int = 14) -> Path:
    """COCO's layout: `val2017` and `annotations`, with crowds, gaps in the numbers, and objects of all three sizes.

    Args:
        folder: Where to draw.
        names: COCO's categories by their number, `N/A` where there is none of a number.
        pictures: How many.
    """
    random = np.random.default_rng(0)
    (folder / "val2017").mkdir(parents=True)
    (folder / "annotations").mkdir()
    images: list[dict[str, Any]] = []
    objects: list[dict[str, Any]] = []
    for number in range(pictures):
        width, height = 200 + 20 * (number % 3), 180 + 10 * (number % 2)
        picture = Image.new("RGB", (width, height), (90, 90, 90))
        draw = ImageDraw.Draw(picture)
        images.append({"id": 1000 - number, "file_name": f"{number:012d}.jpg", "width": width, "height": height})
        for at, category in enumerate(COLOURS):
            if (number + at) % 4 == 3:
                continue
            side = int(random.choice([18, 50, 100]))
            left, top = int(random.integers(0, width - side)), int(random.integers(0, height - side))
            corners = [left, top, left + side, top, left + side, top + side, left, top + side]
            draw.rectangle([left, top, left + side - 1, top + side - 1], fill=COLOURS[category])
            annotation: dict[str, Any] = {
                "id": len(objects) + 1,
                "image_id": 1000 - number,
                "category_id": category,
                "bbox": [left, top, side, side],
                "area": side * side,
                "iscrowd": 0,
                "segmentation": [corners],
            }
            if number == 5 and category == 3:
                runs = np.zeros((height, width), np.uint8)
                runs[top : top + side, left : left + side] = 1
                annotation |= {"iscrowd": 1, "segmentation": {"size": [height, width], "counts": _runs(runs)}}
            if category == 1:
                points = [(left + side * (k % 5) // 5, top + side * (k // 5) // 4, 2) for k in range(17)]
                annotation |= {"num_keypoints": 17, "keypoints": [number for point in points for number in point]}
            objects.append(annotation)
        picture.save(folder / "val2017" / f"{number:012d}.jpg", quality=98)
    categories = [{"id": number, "name": name} for number, name in enumerate(names) if number and name != "N/A"]
    (folder / "annotations" / "instances_val2017.json").write_text(
        json.dumps({"images": images, "annotations": objects, "categories": categories})
    )
    persons = [annotation for annotation in objects if annotation["category_id"] == 1]
    (folder / "annotations" / "person_keypoints_val2017.json").write_text(
        json.dumps({"images": images, "annotations": persons, "categories": categories[:1]})
    )
    return folder


def _runs(mask: np.ndarray) -> list[int]:
    """COCO's uncompressed run lengths, column by column, background first."""
    flat = mask.T.reshape(-1)
    edges = np.flatnonzero(np.diff(flat)) + 1
    lengths = np.diff([0, *edges, len(flat)]).tolist()
    return [0, *lengths] if flat[0] else lengths


def _shifted(random: np.random.Generator, height: int, width: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A picture, the same moved, and the flow between them."""
    right, down = (int(shift) for shift in random.integers(-6, 7, 2))
    large = random.integers(0, 256, (height + 12, width + 12, 3), np.uint8)
    first, second = large[6:-6, 6:-6], large[6 - down : 6 - down + height, 6 - right : 6 - right + width]
    flow = np.stack([np.full((height, width), right), np.full((height, width), down)]).astype(np.float32)
    return first, second, flow + random.normal(0, 0.5, flow.shape).astype(np.float32)


def write_flo(file: Path, flow: np.ndarray) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    height, width = flow.shape[1:]
    file.write_bytes(b"PIEH" + struct.pack("<ii", width, height) + flow.transpose(1, 2, 0).astype("<f4").tobytes())


def write_kitti(file: Path, flow: np.ndarray, mask: np.ndarray) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.concatenate([np.round(flow * 64 + 32768), mask[None]]).transpose(1, 2, 0).astype(">u2")
    height, width = mask.shape

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    header = struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0)
    file.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    )


def _save(file: Path, pixels: np.ndarray) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(file)


def sintel(folder: Path) -> Path:
    random = np.random.default_rng(1)
    for scene in ("alley_1", "market_2"):
        for frame in range(1, 3):
            first, _, flow = _shifted(random, 130, 141)
            for look in ("clean", "final"):
                noise = 0 if look == "clean" else random.integers(0, 20, first.shape)
                _save(
                    folder / "training" / look / scene / f"frame_{frame:04d}.png", (first // 2 + noise).astype(np.uint8)
                )
            if frame < 2:
                write_flo(folder / "training" / "flow" / scene / f"frame_{frame:04d}.flo", flow)
    return folder


def kitti(folder: Path) -> Path:
    random = np.random.default_rng(2)
    for number in range(2):
        height, width = 133 + number, 150 - 3 * number
        first, second, flow = _shifted(random, height, width)
        _save(folder / "training" / "image_2" / f"{number:06d}_10.png", first)
        _save(folder / "training" / "image_2" / f"{number:06d}_11.png", second)
        write_kitti(
            folder / "training" / "flow_occ" / f"{number:06d}_10.png", flow, random.random((height, width)) > 0.4
        )
    return folder


def chairs(folder: Path) -> Path:
    random = np.random.default_rng(3)
    for number in range(1, 5):
        first, second, flow = _shifted(random, 128, 136)
        for at, pixels in enumerate((first, second), 1):
            _save(folder / "data" / f"{number:05d}_img{at}.ppm", pixels)
        write_flo(folder / "data" / f"{number:05d}_flow.flo", flow)
    (folder / "FlyingChairs_train_val.txt").write_text("1\n2\n2\n1\n")
    return folder


def kinetics(folder: Path, classes: tuple[str, ...]) -> Path:
    """Videos of the codec that Kinetics mostly has, each of another length and rate."""
    import av

    random = np.random.default_rng(4)
    for number in range(6):
        file = folder / "val" / classes[number % len(classes)] / f"{number}.mp4"
        file.parent.mkdir(parents=True, exist_ok=True)
        with av.open(str(file), "w") as video:
            stream = video.add_stream("mpeg4", rate=(25, 30, 10)[number % 3])
            stream.width, stream.height, stream.pix_fmt = 176, 144, "yuv420p"
            tone = random.integers(0, 200, 3)
            for frame in range(40 + 7 * number):
                pixels = np.full((144, 176, 3), tone, np.uint8)
                pixels[20:60, (3 * frame) % 130 : (3 * frame) % 130 + 40] = 255 - tone
                for packet in stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")):
                    video.mux(packet)
            for packet in stream.encode():
                video.mux(packet)
    return folder
