"""Pictures a second from JPEG files to batches that are ready for the device, beside torchvision's own loader.

    python tests/bench/bench_feed.py [--pictures 1000] [--batch 32 256] [--out FILE]

No model runs: this is what decides an evaluation where the device is quicker than the processor that feeds it. The peer
gives normalised 32-bit floats, we give bytes that the device normalises; both come from worker processes, one a core.
Both read the same files by turns, and every picture is compared: bytes before normalisation, floats after it. Where the
machine does other work (`load_before`, in busy processors), time by the clock means little and the processor's a lot.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from pictures import make_pictures, torchvision_loader

from registry.verify.datasets import Dataset, find
from registry.verify.environment import environment
from registry.verify.evaluation.batches import decode
from registry.verify.geometry import Geometry
from registry.verify.preprocessing import normalise
from registry.verify.target import Preprocessing
from registry.verify.torchvision_ops import import_torchvision

PREPROCESSING = Preprocessing(resize=256, crop=224)


def seconds(work: Callable[[], int], pictures: int) -> tuple[float, float]:
    """Time to read them all, by the clock and of all cores; the second hardly minds what else the machine does."""
    start, before = time.perf_counter(), sum(os.times()[:4])
    if work() != pictures:
        raise SystemExit("not every picture was read")
    return time.perf_counter() - start, sum(os.times()[:4]) - before


def same(folder: Path, dataset: Dataset) -> bool:
    """Whether both sides make the very same of every picture, before normalisation and after it."""
    torchvision = import_torchvision()
    functional = torchvision.transforms.functional
    plain = torchvision.datasets.ImageFolder(
        str(folder),
        transform=lambda picture: functional.pil_to_tensor(
            functional.center_crop(functional.resize(picture, [256], antialias=True), [224])
        ),
    )
    loader = torchvision_loader(folder, batch=1, workers=0, pin=False)
    ours = decode(dataset, [Geometry.of(PREPROCESSING)], range(len(dataset.names)), size=1)
    for (pixels, _), (values, _), batch in zip(plain, loader, ours, strict=True):
        (decoded,) = batch.pixels.values()
        if not torch.equal(decoded[0], pixels) or not torch.equal(normalise(decoded, PREPROCESSING), values):
            return False
    return True


def main() -> None:
    """Measure, compare, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, default=1000)
    parser.add_argument("--batch", type=int, nargs="+", default=[32, 256])
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    result: dict[str, Any] = {
        "device": environment("cpu"),
        "pictures": options.pictures,
        "workers": options.workers,
        "load_before": round(os.getloadavg()[0], 1),
        "pictures_per_second": {},
        "times_torchvision": {},
        "processor_ms_per_picture": {},
        "times_less_processor": {},
    }
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "pictures"
        make_pictures(folder, options.pictures)
        dataset = find("pictures", {"pictures": folder})
        order = range(options.pictures)
        for size in options.batch:

            def theirs(size: int = size) -> int:
                loader = torchvision_loader(folder, batch=size, workers=options.workers, pin=False)
                return sum(len(pictures) for pictures, _ in loader)

            def ours(size: int = size) -> int:
                batches = decode(dataset, [Geometry.of(PREPROCESSING)], order, size=size, workers=options.workers)
                return sum(len(batch.indices) for batch in batches)

            times = [[seconds(work, options.pictures) for work in (theirs, ours)] for _ in range(options.rounds + 1)]
            # The first round warms the files' cache up.
            peer, us = (
                [statistics.median(column) for column in zip(*side, strict=True)]
                for side in zip(*times[1:], strict=True)
            )
            batches = f"batches of {size}"
            for who, (clock, cores) in (("torchvision", peer), ("mir", us)):
                result["pictures_per_second"][f"{who}, {batches}"] = round(options.pictures / clock, 1)
                result["processor_ms_per_picture"][f"{who}, {batches}"] = round(1000 * cores / options.pictures, 3)
            result["times_torchvision"][batches] = round(peer[0] / us[0], 2)
            result["times_less_processor"][batches] = round(peer[1] / us[1], 2)
        result["same_pixels"] = same(folder, dataset)
    print(json.dumps(result, indent=2))
    if options.out is not None:
        options.out.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    if not result["same_pixels"]:
        raise SystemExit("pixels differ")


if __name__ == "__main__":
    main()
