"""Picture files, and torchvision's own way from them to batches: what the benchmarks of accuracy measure against."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch.utils.data import DataLoader

from registry.verify.torchvision_ops import import_torchvision


def make_pictures(folder: Path, count: int) -> None:
    """Soft noise at several scales, which compresses about as photographs do: some 40 kB a file."""
    random = np.random.default_rng(0)
    for number in range(count):
        layers = [
            Image.fromarray(random.integers(0, 256, (h, w, 3), np.uint8)).resize((500, 375), Image.Resampling.BICUBIC)
            for h, w in ((6, 8), (47, 63), (188, 250))
        ]
        mixed = sum(
            np.asarray(layer, np.float32) * share for layer, share in zip(layers, (0.6, 0.25, 0.15), strict=True)
        )
        file = folder / f"class {number % 10}" / f"{number:06d}.jpg"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(mixed.clip(0, 255).astype(np.uint8)).save(file, quality=90)


def torchvision_loader(folder: Path, *, batch: int, workers: int, pin: bool) -> DataLoader[list[torch.Tensor]]:
    """What torchvision's reference evaluation reads: an ImageFolder with the weights' transforms, in a DataLoader."""
    torchvision = import_torchvision()
    from torchvision.transforms._presets import ImageClassification

    dataset = torchvision.datasets.ImageFolder(str(folder), transform=ImageClassification(crop_size=224))
    return DataLoader(dataset, batch_size=batch, num_workers=workers, pin_memory=pin)
