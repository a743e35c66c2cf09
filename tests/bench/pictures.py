"""Picture files, and the ways of torchvision and timm from them to batches: what the benchmarks measure against."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch.utils.data import DataLoader

from registry.verify.torchvision_ops import import_torchvision

CLASSES = 10


def make_pictures(folder: Path, count: int) -> None:
    """Write pictures of as many classes as `CLASSES` to a folder, on all cores."""
    with ProcessPoolExecutor() as pool:
        list(pool.map(_make_picture, [folder] * count, range(count), chunksize=50))


def _make_picture(folder: Path, number: int) -> None:
    """Soft noise at several scales, which compresses about as photographs do: some 40 kB a file."""
    random = np.random.default_rng(number)
    layers = [
        Image.fromarray(random.integers(0, 256, (h, w, 3), np.uint8)).resize((500, 375), Image.Resampling.BICUBIC)
        for h, w in ((6, 8), (47, 63), (188, 250))
    ]
    mixed = sum(np.asarray(layer, np.float32) * share for layer, share in zip(layers, (0.6, 0.25, 0.15), strict=True))
    file = folder / f"class {number % CLASSES}" / f"{number:06d}.jpg"
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(mixed.clip(0, 255).astype(np.uint8)).save(file, quality=90)


def torchvision_loader(folder: Path, *, batch: int, workers: int, pin: bool) -> DataLoader[list[torch.Tensor]]:
    """What torchvision's reference evaluation reads: an ImageFolder with the weights' transforms, in a DataLoader."""
    torchvision = import_torchvision()
    from torchvision.transforms._presets import ImageClassification

    dataset = torchvision.datasets.ImageFolder(str(folder), transform=ImageClassification(crop_size=224))
    return DataLoader(dataset, batch_size=batch, num_workers=workers, pin_memory=pin)


def timm_loader(folder: Path, *, batch: int, workers: int, pin: bool) -> Iterable[Any]:
    """What timm's validate.py reads, with the same resize, crop and normalisation; on a GPU through its prefetcher."""
    import_torchvision()
    from timm.data import create_dataset, create_loader

    return create_loader(
        create_dataset("", root=str(folder)),
        input_size=(3, 224, 224),
        batch_size=batch,
        crop_pct=224 / 256,
        num_workers=workers,
        pin_memory=pin,
        use_prefetcher=pin,
        device=torch.device("cuda" if pin else "cpu"),
        persistent_workers=False,
    )
