"""Make a small world to verify: digits as JPEG files in ImageNet's layout, a ResNet-18 trained on them, and its card.

    python tests/acceptance/resnet18_on_digits.py FOLDER

Below FOLDER: `digits/train` and `digits/val` with a folder for each class, `weights/resnet18-<hash>.pth` as torchvision
saves and names such files, and `numbers.json` with what the card should report, measured with torchvision's own
transforms and data loading. It takes about fifteen seconds on one core.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from sklearn.datasets import load_digits
from torch import nn

from registry.verify.torchvision_ops import import_torchvision

TRAINING_SAMPLES = 1437
SIDE = 32
MEAN, STD = (0.5, 0.5, 0.5), (0.25, 0.25, 0.25)
BATCH_SIZE = 24


def write_pictures(folder: Path) -> None:
    """Save each digit, enlarged to 40x48 pixels, as a JPEG file."""
    digits = load_digits()
    for number, (pixels, label) in enumerate(zip(digits.images, digits.target, strict=True)):
        split = "train" if number < TRAINING_SAMPLES else "val"
        file = folder / split / str(label) / f"{number:04d}.jpg"
        file.parent.mkdir(parents=True, exist_ok=True)
        picture = Image.fromarray((pixels * 255 / 16).astype(np.uint8)).convert("RGB")
        picture.resize((40, 48), Image.Resampling.BICUBIC).save(file, quality=90)


def load(folder: Path) -> tuple[torch.Tensor, torch.Tensor]:
    """Pictures and labels of an image folder, through torchvision's own dataset and transforms."""
    torchvision = import_torchvision()
    from torchvision.transforms._presets import ImageClassification

    transform = ImageClassification(crop_size=SIDE, resize_size=SIDE, mean=MEAN, std=STD)
    dataset = torchvision.datasets.ImageFolder(str(folder), transform=transform)
    pictures, labels = zip(*dataset, strict=True)
    return torch.stack(pictures), torch.tensor(labels)


def train(pictures: torch.Tensor, labels: torch.Tensor) -> nn.Module:
    """One epoch from the fixed seed."""
    torch.manual_seed(0)
    generator = torch.Generator().manual_seed(0)
    model = import_torchvision().models.resnet18(num_classes=10).train()
    optimizer = torch.optim.Adam(model.parameters())
    batches = torch.randperm(len(pictures), generator=generator).split(BATCH_SIZE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.002, total_steps=len(batches))
    for batch in batches:
        loss = nn.functional.cross_entropy(model(pictures[batch]), labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return model.eval()


@torch.inference_mode()
def measure(model: nn.Module, pictures: torch.Tensor, labels: torch.Tensor) -> dict[str, float]:
    """Top 1 and Top 5 accuracy."""
    hits = model(pictures).topk(5).indices == labels[:, None]
    return {"top1": hits[:, 0].double().mean().item(), "top5": hits.any(1).double().mean().item()}


def main(folder: Path) -> None:
    """Make it all."""
    write_pictures(folder / "digits")
    model = train(*load(folder / "digits" / "train"))
    weights = folder / "weights" / "resnet18.pth"
    weights.parent.mkdir()
    torch.save({"model": model.state_dict(), "epoch": 1}, weights)
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    weights = weights.rename(weights.with_name(f"resnet18-{digest[:8]}.pth"))
    numbers = {"weights": weights.name, "sha256": digest, **measure(model, *load(folder / "digits" / "val"))}
    (folder / "numbers.json").write_text(json.dumps(numbers), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
