"""The usual reasons why a model scores less than its card says: each as a change of what was done."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, get_args

from registry.verify.target import Interpolation, Preprocessing

RESIZES = (0.875, 0.9, 0.95, 1.0)
"""Shares of the resized picture that crops usually keep."""

SIDES = (224, 256, 288, 299, 320, 384)
"""Usual sides of a crop."""

NORMALISATIONS: tuple[tuple[str, tuple[float, ...], tuple[float, ...]], ...] = (
    ("ImageNet's mean and standard deviation", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    ("mean and standard deviation 0.5", (0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
    ("no normalisation", (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Cause:
    """One change.

    Attributes:
        change: In words, such as "bicubic instead of bilinear interpolation".
        preprocessing: What pictures go through then.
        order: Which output means the dataset's class 0, 1, ... then; `None` where that stays.
        average: Take the moving average of the weights.
    """

    change: str
    preprocessing: Preprocessing
    order: tuple[int, ...] | None = None
    average: bool = False


def causes(used: Preprocessing, classes: tuple[str, ...], outputs: int, *, has_average: bool) -> Iterator[Cause]:
    """Every usual cause that differs from what was done, the likeliest first.

    Args:
        used: The preprocessing that was used.
        classes: The dataset's classes in the order of the labels.
        outputs: How many outputs the model has.
        has_average: Whether the weights' file holds a moving average too.
    """
    if has_average:
        yield Cause(change="the moving average of the weights (EMA)", preprocessing=used, average=True)
    seen = {used}
    for change, preprocessing in (*_resampling(used), *_sizes(used), *_values(used)):
        if preprocessing not in seen:
            seen.add(preprocessing)
            yield Cause(change=change, preprocessing=preprocessing)
    orders = {tuple(range(len(classes)))}
    for change, order in _orders(classes, outputs):
        if order not in orders:
            orders.add(order)
            yield Cause(change=change, preprocessing=used, order=order)


def _resampling(used: Preprocessing) -> Iterator[tuple[str, Preprocessing]]:
    if used.resize is None:
        return
    for mode in get_args(Interpolation):
        if mode != "lanczos" or used.antialias:
            yield f"{mode} instead of {used.interpolation} interpolation", replace(used, interpolation=mode)
    if used.interpolation in ("bilinear", "bicubic"):
        change = "no antialiasing" if used.antialias else "antialiasing"
        yield change, replace(used, antialias=not used.antialias)


def _sizes(used: Preprocessing) -> Iterator[tuple[str, Preprocessing]]:
    crop = used.crop
    if not isinstance(crop, int):
        return
    for share in RESIZES:
        resize = int(crop / share)
        yield f"resized to {resize} before the crop instead of {used.resize}", replace(used, resize=resize)
    yield (
        f"resized to {crop}x{crop} whatever the aspect ratio, instead of cropped",
        replace(used, resize=(crop, crop), crop=crop),
    )
    if isinstance(used.resize, int):
        for side in (size for size in SIDES if crop / 2 < size < 2 * crop):
            resize = round(side * used.resize / crop)
            yield f"pictures of {side} instead of {crop}", replace(used, resize=resize, crop=side)


def _values(used: Preprocessing) -> Iterator[tuple[str, Preprocessing]]:
    if used.channels == "L":
        yield "pixels from 0 to 1", replace(used, scale=1 / 255, mean=(0.0,), std=(1.0,))
        yield "pixels from 0 to 255", replace(used, scale=1.0, mean=(0.0,), std=(1.0,))
        return
    other: Literal["RGB", "BGR"] = "RGB" if used.channels == "BGR" else "BGR"
    yield f"{other} instead of {used.channels}", replace(used, channels=other)
    for name, mean, std in NORMALISATIONS:
        yield name, replace(used, mean=mean, std=std)
    yield "pixels from 0 to 255, not normalised", replace(used, scale=1.0, mean=(0.0,) * 3, std=(1.0,) * 3)
    caffe = tuple(255 * value for value in used.mean)
    yield "pixels from 0 to 255 less the mean", replace(used, scale=1.0, mean=caffe, std=(1.0,) * 3)
    yield (
        "BGR pixels from 0 to 255 less the mean (Caffe's)",
        replace(used, channels="BGR", scale=1.0, mean=caffe[::-1], std=(1.0,) * 3),
    )


def _orders(classes: tuple[str, ...], outputs: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Ways to number the classes: by name as text, by the numbers in the names, without regard to case, from 1."""
    if outputs > len(classes):
        yield "outputs that begin with a background class", tuple(range(1, len(classes) + 1))
    for change, key in (
        ("classes numbered in the order of their names", lambda name: name),
        ("classes numbered in the order of the numbers in their names", _by_number),
        ("classes numbered without regard to case", str.casefold),
    ):
        ranked = sorted(classes, key=key)
        yield change, tuple(ranked.index(name) for name in classes)


def _by_number(name: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", name) if part]
