from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from registry.verify.geometry import Geometry
from registry.verify.preprocessing import normalise
from registry.verify.target import Preprocessing
from registry.verify.torchvision_ops import import_torchvision

IMAGENET = Preprocessing(resize=256, crop=224)


def picture(width: int, height: int, mode: str = "RGB") -> Image.Image:
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    return Image.fromarray(pixels).convert(mode)


def tensor(pixels: Any) -> torch.Tensor:
    return torch.tensor(pixels).movedim(-1, 0)


@pytest.mark.parametrize("size", [(500, 375), (375, 500), (256, 256), (100, 90), (224, 300)])
@pytest.mark.parametrize("interpolation", ["bilinear", "bicubic", "nearest", "lanczos"])
def test_pictures_come_out_as_torchvision_s_own(size: tuple[int, int], interpolation: Any) -> None:
    modes = import_torchvision().transforms.InterpolationMode
    from torchvision.transforms._presets import ImageClassification

    reference = ImageClassification(crop_size=224, resize_size=256, interpolation=modes(interpolation))(picture(*size))
    preprocessing = Preprocessing(resize=256, crop=224, interpolation=interpolation)
    pixels = tensor(Geometry.of(preprocessing).apply(picture(*size)))[None]
    for layout in (torch.contiguous_format, torch.channels_last):
        ours = normalise(pixels, preprocessing, layout)
        assert ours.is_contiguous(memory_format=layout)
        assert torch.equal(ours[0], reference)


def test_every_size_comes_out_as_torchvision_s_own() -> None:
    functional = import_torchvision().transforms.functional
    random = np.random.default_rng(1)
    for _ in range(150):
        width, height = (int(side) for side in random.integers(20, 300, 2))
        resize: Any = random.choice(np.array([64, 96, 128, (64, 96), None], dtype=object))
        crop: Any = random.choice(np.array([56, 129, (40, 70), None], dtype=object))
        image = picture(width, height)
        ours = Geometry(resize=resize, crop=crop, interpolation="bilinear", antialias=True, grey=False).apply(image)
        if resize is not None:
            image = functional.resize(image, resize)
        if crop is not None:
            image = functional.center_crop(image, crop)
        assert np.array_equal(ours, np.asarray(image)), (width, height, resize, crop)


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "CMYK", "1"])
def test_any_picture_becomes_rgb_or_grey(mode: str) -> None:
    assert Geometry.of(IMAGENET).apply(picture(300, 280, mode)).shape == (224, 224, 3)
    grey = Preprocessing(resize=32, crop=28, channels="L", mean=(0.0,), std=(1.0,))
    assert Geometry.of(grey).apply(picture(300, 280, mode)).shape == (28, 28, 1)


def test_no_antialias_is_torch_s_interpolation() -> None:
    geometry = Geometry.of(Preprocessing(resize=(20, 20), antialias=False))
    image = picture(64, 64)
    plain = tensor(np.asarray(image))[None].float()
    oracle = torch.nn.functional.interpolate(plain, (20, 20), mode="bilinear", align_corners=False).round()
    assert (tensor(geometry.apply(image)).float() - oracle[0]).abs().max() <= 1
    assert (geometry.apply(image) != Geometry.of(Preprocessing(resize=(20, 20))).apply(image)).any()


def test_masks_are_never_mixed() -> None:
    mask = Image.fromarray(np.where(np.arange(64) < 30, 3, 9).astype(np.uint8)[None].repeat(64, 0))
    small = Geometry.of(Preprocessing(resize=16, crop=12)).apply_to_mask(mask)
    assert small.shape == (12, 12)
    assert set(small.unique().tolist()) == {3, 9}
