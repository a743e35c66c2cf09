"""What a config's test pipeline says: how a picture becomes the input, and how large that is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from registry.verify.target import Interpolation, Preprocessing

_SIZED = {"cifar": 32, "mnist": 28}
"""Sides of pictures of data sets that no pipeline resizes, by a word in the data set's type."""


def steps(config: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The steps of the test pipeline, the validation's where there is none for tests."""
    for name in ("test_dataloader", "val_dataloader"):
        found = _dataset(config, name).get("pipeline")
        if isinstance(found, list):
            return [each for each in found if isinstance(each, Mapping)]
    found = config.get("test_pipeline")
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def input_size(config: Mapping[str, Any]) -> tuple[int, int, int] | None:
    """(channels, height, width) that the pipeline makes, else that the backbone is built for; `None` where unknown."""
    for each in (*reversed(steps(config)), *_backbones(config)):
        for key in ("crop_size", "scale", "img_size", "img_scale", "size"):
            side = _pair(each.get(key)) if str(each.get("type", "")) not in ("ResizeEdge", "Normalize") else None
            if side is not None:
                return (3, *side)
    data = " ".join(str(_dataset(config, name).get("type", "")) for name in ("test_dataloader", "val_dataloader"))
    known = next((length for word, length in _SIZED.items() if word in data.casefold()), None)
    return None if known is None else (3, known, known)


def preprocessing(config: Mapping[str, Any]) -> Preprocessing | None:
    """The pipeline of a classifier as ours: resized, cropped in the middle, normalised; `None` for any other.

    Pipelines that resize by OpenCV are taken without the filter that Pillow has; OpenCV rounds to whole bytes, which
    this does not, so that single pixels differ by one step of 256.
    """
    resize: int | tuple[int, int] | None = None
    crop: int | tuple[int, int] | None = None
    interpolation, backend = "bilinear", "cv2"
    for step in steps(config):
        match str(step.get("type")).rpartition(".")[2]:
            case "ResizeEdge" | "Resize" as kind:
                if step.get("keep_ratio") or (kind == "ResizeEdge" and step.get("edge", "short") != "short"):
                    return None
                scale = step.get("scale")
                pair = _pair(scale)
                if pair is None:
                    return None
                resize = scale if kind == "ResizeEdge" and isinstance(scale, int) else pair
                interpolation = str(step.get("interpolation", "bilinear"))
                backend = str(step.get("backend", "cv2"))
            case "CenterCrop":
                side = _pair(step.get("crop_size"))
                if side is None or step.get("efficientnet_style"):
                    return None
                crop = side[0] if side[0] == side[1] else side
            case "LoadImageFromFile" | "PackInputs" | "PackClsInputs":
                continue
            case _:
                return None
    model = config.get("model")
    own = model.get("data_preprocessor") if isinstance(model, Mapping) else None
    normal = own if isinstance(own, Mapping) else config.get("data_preprocessor")
    if not isinstance(normal, Mapping) or "mean" not in normal or "std" not in normal:
        return None
    if not re.fullmatch("nearest|bilinear|bicubic|lanczos", interpolation):
        return None
    return Preprocessing(
        resize=resize,
        crop=crop,
        interpolation=cast("Interpolation", interpolation),
        antialias=backend == "pillow",
        mean=tuple(float(each) for each in normal["mean"]),
        std=tuple(float(each) for each in normal["std"]),
        scale=1.0,
        channels="RGB" if normal.get("to_rgb") else "BGR",
    )


def _dataset(config: Mapping[str, Any], loader: str) -> Mapping[str, Any]:
    found = config.get(loader)
    found = found.get("dataset") if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _backbones(config: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    model = config.get("model")
    backbone = model.get("backbone") if isinstance(model, Mapping) else None
    if isinstance(backbone, Mapping):
        yield backbone


def _pair(value: Any) -> tuple[int, int] | None:
    """A size as (height, width); OpenMMLab writes pairs the other way round."""
    if isinstance(value, int) and not isinstance(value, bool):
        return (value, value)
    if isinstance(value, list | tuple) and len(value) == 2 and all(isinstance(each, int) for each in value):
        return (value[1], value[0])
    return None
