"""Which inputs a published FLOP count may have been made on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from registry.types import Model
from registry.verify.target import Target

SIZE_KEYS = ("Image Size", "Input Size", "Resolution", "Input Resolution", "Crop Size", "Training Resolution")
"""Metadata keys by which cards declare the input."""

PHOTOGRAPH = (1546, 1213)
"""Width and height in pixels of the photograph that Papers with Code counted timm's cards on: its short side was
resized to the model's size, and nothing was cropped."""

DATASET_SIZES = {"cifar": 32, "mnist": 28}
"""Sides of pictures by a word in the data set's name."""

SMALLEST, LARGEST = 8, 4096


@dataclass(frozen=True, kw_only=True, slots=True)
class Input:
    """One input to count on.

    Attributes:
        size: Shape of one sample: (channels, height, width).
        rule: Where the size comes from; numbers of one card that follow one rule support each other.
        surprise: How far-fetched it is, in bits.
    """

    size: tuple[int, ...]
    rule: str
    surprise: int


def candidate_inputs(model: Model, target: Target) -> tuple[Input, ...]:
    """The inputs to try, the likeliest first, each size once."""
    found: dict[tuple[int, ...], Input] = {}
    for each in _inputs(model, target):
        known = found.get(each.size)
        if known is None or known.surprise > each.surprise:
            found[each.size] = each
    return tuple(sorted(found.values(), key=lambda each: each.surprise))


def _inputs(model: Model, target: Target) -> Iterator[Input]:
    library = target.input_size
    if library is not None and (library[0] != 3 or len(library) != 3 or target.inputs != 1):
        # Nothing but pictures in colour has the usual sizes below.
        yield Input(size=library, rule="the library's input", surprise=0)
        return
    declared = [size for key in SIZE_KEYS if (size := parse_size(model.get(key))) is not None]
    for size in declared:
        yield Input(size=size, rule="the declared size", surprise=0)
    in_name = re.search(r"(?:^|[-_])(\d{2,4})px(?:[-_]|$)", model.name)
    if in_name is not None and (size := parse_size(in_name[1])) is not None:
        yield Input(size=size, rule="the size in its name", surprise=0)
    if library is not None:
        yield Input(size=library, rule="the library's input", surprise=1 if declared or in_name else 0)
    yield Input(size=(3, 224, 224), rule="224", surprise=2)
    for side in _dataset_sides(model):
        yield Input(size=(3, side, side), rule="the data set's pictures", surprise=2)
    width, height = PHOTOGRAPH
    for channels, *sides in [*declared, *([library] if library else [])]:
        if len(sides) == 2 and sides[0] == sides[1]:
            uncropped = (channels, sides[0], int(sides[0] * width / height))
            yield Input(size=uncropped, rule="a photograph resized to the size and not cropped", surprise=6)


def parse_size(value: Any) -> tuple[int, ...] | None:
    """A card's input size as (channels, height, width): `224`, `'224x224'`, `(3, 224, 224)`, `[224, 224]`.

    >>> parse_size("299 x 299")
    (3, 299, 299)
    >>> parse_size("large")
    """
    text = " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    numbers = [int(each) for each in re.findall(r"\d{1,5}", text)]
    if not numbers or len(numbers) > 4 or re.search(r"[A-WYZa-wyz.]", text):
        return None
    if len(numbers) == 4 and numbers[0] == 1:
        numbers = numbers[1:]
    if len(numbers) == 1:
        numbers *= 2
    if len(numbers) == 2:
        numbers = [3, *numbers]
    fits = len(numbers) == 3 and 1 <= numbers[0] <= 16 and all(SMALLEST <= side <= LARGEST for side in numbers[1:])
    return tuple(numbers) if fits else None


def _dataset_sides(model: Model) -> Iterator[int]:
    names = " ".join(result.dataset.name for result in model.results).casefold()
    for word, side in DATASET_SIZES.items():
        if word in names:
            yield side
