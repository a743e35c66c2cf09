"""Which inputs a published FLOP count may have been made on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from registry.types import Model
from registry.verify.arguments import Arguments
from registry.verify.counts.judge import shown_size
from registry.verify.target import Target

SIZE_KEYS = ("Image Size", "Input Size", "Resolution", "Input Resolution")
"""Metadata keys by which cards declare the input: what is counted on another one is not the card's number."""

HINT_KEYS = ("Crop Size", "Training Resolution")
"""Keys of sizes that a card may have been counted on, and that do not say so."""

PHOTOGRAPH = (1546, 1213)
"""Width and height in pixels of the photograph that Papers with Code counted timm's cards on: its short side was
resized to the model's size, and nothing was cropped."""

DATASET_SIZES = {"cifar": 32, "mnist": 28}
"""Sides of pictures by a word in the data set's name."""

SMALLEST, LARGEST = 8, 4096

DECLARED = "the declared size"


@dataclass(frozen=True, kw_only=True, slots=True)
class Input:
    """One input to count on.

    Attributes:
        size: Shape of one sample: (channels, height, width).
        rule: Where the size comes from; numbers of one card that follow one rule support each other.
        surprise: How unlikely it is, in bits.
        arguments: What the model is called with, where that is more than pictures of this size.
        against: What the card says against it, as a clause; counted all the same, since it explains mistakes.
    """

    size: tuple[int, ...]
    rule: str
    surprise: int
    arguments: Arguments | None = None
    against: str = ""


def candidate_inputs(model: Model, target: Target) -> tuple[Input, ...]:
    """The inputs to try, the likeliest first, each size once."""
    by_size: dict[tuple[int, ...], Input] = {}
    for candidate in _inputs(model, target):
        earlier = by_size.get(candidate.size)
        if earlier is None or (bool(earlier.against), earlier.surprise) > (bool(candidate.against), candidate.surprise):
            by_size[candidate.size] = candidate
    return tuple(sorted(by_size.values(), key=lambda candidate: (bool(candidate.against), candidate.surprise)))


def _inputs(model: Model, target: Target) -> Iterator[Input]:
    if target.arguments is not None:
        shapes = [spec.shape for spec in target.arguments.tensors()]
        yield Input(
            size=shapes[0] if shapes else (), rule="the builder's input", surprise=0, arguments=target.arguments
        )
        return
    library = target.input_size
    if library is not None and (library[0] != 3 or len(library) != 3 or target.inputs != 1):
        # Nothing but pictures in colour has the usual sizes below.
        yield Input(size=library, rule="the library's input", surprise=0)
        return
    declared = [(key, size) for key in SIZE_KEYS if (size := parse_size(model.get(key))) is not None]
    for _, size in declared:
        yield Input(size=size, rule=DECLARED, surprise=0)
        yield from _uncropped(size)
    against = " and ".join(f"the card's {key} is {shown_size(size)}" for key, size in declared)
    hints = [size for key in HINT_KEYS if (size := parse_size(model.get(key))) is not None]
    in_name = re.search(r"(?:^|[-_])(\d{2,4})px(?:[-_]|$)", model.name)
    if in_name is not None and (size := parse_size(in_name[1])) is not None:
        hints.append(size)
    for size in hints:
        yield Input(size=size, rule="the size in its name or its training", surprise=0, against=against)
    if library is not None:
        yield Input(size=library, rule="the library's input", surprise=1 if hints else 0, against=against)
    yield Input(size=(3, 224, 224), rule="224", surprise=2, against=against)
    for side in _dataset_sides(model):
        yield Input(size=(3, side, side), rule="the data set's pictures", surprise=2, against=against)
    if library is not None and not declared:
        yield from _uncropped(library)


def _uncropped(size: tuple[int, ...]) -> Iterator[Input]:
    channels, height, width = size
    if height == width:
        across = int(height * PHOTOGRAPH[0] / PHOTOGRAPH[1])
        rule = "a photograph resized to the size and not cropped"
        yield Input(size=(channels, height, across), rule=rule, surprise=6)


def parse_size(value: Any) -> tuple[int, ...] | None:
    """A card's input size as (channels, height, width): `224`, `'224x224'`, `(3, 224, 224)`, `[224, 224]`.

    >>> parse_size("299 x 299")
    (3, 299, 299)
    >>> parse_size("large")
    """
    text = " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    numbers = [int(digits) for digits in re.findall(r"\d{1,5}", text)]
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
