from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from registry.types import DatasetError, Model
from registry.verify.preprocessing import normalise, of_card
from registry.verify.target import Preprocessing

Card = Callable[..., Model]
IMAGENET = Preprocessing(resize=256, crop=224)


def test_bgr_and_bytes() -> None:
    pixels = torch.tensor([10, 20, 30], dtype=torch.uint8).view(1, 3, 1, 1)
    values = normalise(pixels, Preprocessing(mean=(1, 2, 3), std=(1, 2, 4), scale=1.0, channels="BGR"))
    assert values.flatten().tolist() == [29.0, 9.0, 1.75]
    assert pixels.flatten().tolist() == [10, 20, 30], "what others share stays as it is"


def test_the_card_s_word_goes_over_the_weights_and_the_option_s_over_both(card: Card) -> None:
    assert of_card(card("m"), IMAGENET) == IMAGENET
    model = card("m", metadata={"Image Size": "299", "Crop Pct": "0.875", "Interpolation": "bicubic"})
    preprocessing = of_card(model, IMAGENET)
    assert (preprocessing.crop, preprocessing.resize, preprocessing.interpolation) == (
        299,
        341,
        "bicubic",
    )  # timm: floor(299 / 0.875)
    over = of_card(model, IMAGENET, {"interpolation": "nearest", "image-size": "64", "mean": "0.5", "std": "0.5"})
    assert (over.crop, over.interpolation, over.mean, over.channels) == (64, "nearest", (0.5,), "L")
    alone = of_card(card("m", metadata={"Image Size": 32, "Mean": [0, 0, 0], "Std": [1, 1, 1]}), None)
    assert (alone.crop, alone.resize, alone.mean) == (32, 32, (0, 0, 0))


def test_a_card_says_how_large_pictures_are_resized(card: Card) -> None:
    for size, expected in ((232, 232), ("232", 232), ([128, 171], (128, 171)), ("128x171", (128, 171))):
        model = card("m", metadata={"Resize Size": size, "Antialias": False, "Channel Order": "BGR"})
        preprocessing = of_card(model, IMAGENET)
        assert (preprocessing.resize, preprocessing.crop, preprocessing.antialias, preprocessing.channels) == (
            expected,
            224,
            False,
            "BGR",
        )
    assert of_card(card("m"), IMAGENET, {"resize size": "240"}).resize == 240


def test_another_size_keeps_the_weights_share_of_the_picture(card: Card) -> None:
    for size, resize in ((224, 256), (112, 128), (320, 366)):
        assert of_card(card("m", metadata={"Image Size": size}), IMAGENET).resize == resize


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ({}, "neither the weights nor the card"),
        ({"Image Size": "large"}, "Image Size must be a number"),
        ({"Image Size": 0}, "whole number of pixels"),
        ({"Image Size": 224, "Crop Pct": 1.5}, "Crop Pct"),
        ({"Image Size": 224, "Interpolation": "magic"}, "Interpolation 'magic' is unknown"),
        ({"Image Size": 224, "Mean": [1, 2]}, "Mean must be one number or three"),
        ({"Image Size": 224, "Resize Size": [1, 2, 3]}, "Resize Size must be the shorter side"),
        ({"Image Size": 224, "Crop Pct": 0.9, "Resize Size": 256}, "give one of them"),
        ({"Image Size": 224, "Antialias": "maybe"}, "Antialias 'maybe' is unknown; there are true, yes"),
        ({"Image Size": 224, "Channel Order": "L"}, "Channel Order L does not fit 3 means"),
        ({"Image Size": 224, "Std": 1}, "3 means and 1 standard deviations"),
    ],
)
def test_what_cannot_be_meant_is_a_sentence(card: Card, metadata: dict[str, Any], message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        of_card(card("m", metadata=metadata), None)


def test_an_unknown_option_is_a_sentence(card: Card) -> None:
    with pytest.raises(DatasetError, match="preprocessing has no 'colour'"):
        of_card(card("m"), IMAGENET, {"colour": "red"})
