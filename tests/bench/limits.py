"""Where the limit of an evaluation lies: reading, copying and arithmetic, each alone, and decoding by the GPU."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn

from registry.verify.datasets import Dataset
from registry.verify.evaluation.feed import Feeding, feed
from registry.verify.evaluation.runner import Runner
from registry.verify.geometry import Geometry
from registry.verify.model_inputs import PictureInputs
from registry.verify.target import Preprocessing
from registry.verify.torchvision_ops import import_torchvision

PREPROCESSING = Preprocessing(resize=256, crop=224)
BATCHES = 20


def limits(
    folder: Path, dataset: Dataset, model: nn.Module, device: torch.device, batch: int, workers: int
) -> dict[str, object]:
    """Pictures a second of each step by itself; what a whole evaluation cannot exceed."""
    count = len(dataset.names)
    feeding = Feeding(batch_size=batch, workers=workers, pin=device.type == "cuda")

    def read() -> int:
        batches = feed(dataset, [Geometry.of(PREPROCESSING)], range(count), feeding, keep=False)
        return sum(len(batch.indices) for batch in batches)

    pixels = torch.zeros(batch, 224, 224, 3, dtype=torch.uint8).movedim(-1, 1)
    if feeding.pin:
        pixels = torch.zeros(batch, 224, 224, 3, dtype=torch.uint8).pin_memory().movedim(-1, 1)
    rounds = BATCHES if feeding.pin else 1

    def copy() -> int:
        for _ in range(rounds):
            pixels.to(device, non_blocking=True)
        return rounds * batch

    rates: dict[str, object] = {"reading": _rate(read), "copying": _rate(copy)}
    for precision in ("fp32", "tf32", "bf16") if feeding.pin else ("fp32",):
        runner = Runner(model, PictureInputs(PREPROCESSING), [device], precision=precision)
        placed = pixels.to(device)

        def answer(runner: Runner = runner, placed: torch.Tensor = placed) -> int:
            for _ in range(rounds):
                for _ in runner(placed):
                    pass
            return rounds * batch

        answer()
        rates[f"arithmetic, {precision}"] = _rate(answer)
    return rates | (_decoding(sorted(folder.rglob("*.jpg"))) if feeding.pin else {})


def _rate(work: Callable[[], int]) -> float:
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    start = time.perf_counter()
    pictures = work()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return round(pictures / (time.perf_counter() - start), 1)


def _decoding(pictures: Sequence[Path]) -> dict[str, object]:
    """nvJPEG through torchvision, before any resizing: its rate, and how far its pixels are from Pillow's."""
    try:
        io = import_torchvision().io
        files = pictures[:512]
        encoded = [io.read_file(str(file)) for file in files]
        io.decode_jpeg(encoded[:8], device="cuda")
        rate = _rate(lambda: len(io.decode_jpeg(encoded, device="cuda")))
        far = [
            np.abs(
                io.decode_jpeg(picture, device="cuda").cpu().movedim(0, -1).numpy().astype(int)
                - np.asarray(Image.open(file), dtype=int)
            )
            for picture, file in zip(encoded[:20], files[:20], strict=True)
        ]
    except RuntimeError as error:  # this build of torchvision, or this GPU, lacks it
        return {"decoding by the GPU": f"not possible here: {str(error).splitlines()[0][:200]}"}
    return {
        "decoding by the GPU": rate,
        "its largest difference from Pillow, of 255": int(max(difference.max() for difference in far)),
        "its mean difference from Pillow, of 255": round(float(np.mean([difference.mean() for difference in far])), 4),
    }
