"""What models' names say of each other: the same architecture, a larger one, the same at a higher resolution."""

from __future__ import annotations

import functools
import re
from collections.abc import Container
from typing import NamedTuple

from registry.checks.card_view import Compared, Number
from registry.lazy_regex import lazy_regex

_TRAINING = frozenset(
    {
        "3rdparty", "amp", "bf16", "converted", "coslr", "dist", "distilled", "ema", "finetuned", "fp16", "ft",
        "imagenet", "linear", "noisy", "pre", "pretrained", "timm", "torchvision",
    }
)  # fmt: skip
_RECIPE = frozenset(
    {
        "224", "240", "256", "288", "384", "448", "512", "a1", "a1h", "a2", "a2h", "a3", "a3h", "ap", "fbai", "mill",
        "ns", "nst", "ra", "ra2", "ssl", "ssld", "swsl", "tv",
    }
)  # fmt: skip
_NUMBERED = lazy_regex(r"\d+xb\d+|b\d+x\d+|\d{3,4}px|in\d+k|imagenet\d+k|cifar\d+|\d+e")
"""What says how a model was trained or at which size, and not what it is: parts of a word, those that are a word of
their own between underscores, and those with a number."""

_BATCH = lazy_regex(r"\d+xb\d+|b\d+x\d+")
_RESOLUTION = lazy_regex(r"(?P<pixels>\d{3,4})px|(?P<bare>224|240|256|288|384|448|512)")

_SIZES = (
    ("atto", "femto", "pico", "nano", "tiny", "small", "medium", "base", "large", "xlarge", "huge", "giant"),
    ("xxsmall", "xsmall", "small", "base", "large"),
    ("xxs", "xs", "s", "m", "l", "xl"),
    ("ti", "s", "b", "l", "h", "g"),
    ("t", "s", "b", "l", "h", "g"),
    ("n", "t", "s", "m", "l", "x"),
)
_DEPTH = lazy_regex(
    r"(?P<stem>|r|res|(?:se-?|wide_?)?res(?:net|nest|next)|x|s|vgg|resnetv1[cd])(?P<at>11|13|16|18|19|34|50|101|152|200)|"
    r"(?P<letter>[ab])(?P<step>\d)"
)
"""A depth, such as `r50` and `resnet101`, and a step, such as `b0`. DenseNet's depths say nothing of its size."""

_RANKS: dict[str, list[tuple[int, int]]] = {}
for _number, _scale in enumerate(_SIZES):
    for _rank, _word in enumerate(_scale):
        _RANKS.setdefault(_word, []).append((_number, _rank))


@functools.lru_cache(maxsize=65536)
def architecture(name: str) -> str:
    """A model's name without what says how it was trained: `resnet34_8xb16_cifar10` is `resnet34`."""
    words = [word for word in re.split(r"[_\s]+", name.casefold()) if word and word not in _RECIPE]
    return "-".join(part for word in words for part in word.split("-") if not _says_training(part))


def _says_training(part: str) -> bool:
    return part in _TRAINING or (not part.isalpha() and _NUMBERED.fullmatch(part) is not None)


@functools.lru_cache(maxsize=65536)
def resolution(name: str) -> tuple[str, int]:
    """A model's name without the resolution in it, and the resolution; zero where it names none, or several."""
    words = _words(name)
    matches = [match for word in words if not word.isalpha() and (match := _RESOLUTION.fullmatch(word))]
    if len(matches) != 1:
        return name, 0
    rest = "-".join(word for word in words if not _RESOLUTION.fullmatch(word))
    return rest, int(matches[0]["pixels"] or matches[0]["bare"])


def sizes(name: str) -> list[tuple[str, int]]:
    """A model's name with its word or number for the size taken out, and that word's rank, for each scale of it.

    >>> sizes("resnet50_8xb32"), sizes("swin-tiny")
    ([('depth:resnet*', 50)], [('0:swin-*', 4)])
    """
    words = _words(name)
    ranks = []
    for place, word in enumerate(words):
        for number, rank in _RANKS.get(word, ()):
            rest = "-".join([*words[:place], "*", *words[place + 1 :]])
            ranks.append((f"{number}:{rest}", rank))
        match = _DEPTH.fullmatch(word) if not word.isalpha() and "densenet" not in words else None
        if match is not None:
            stem = match["letter"] or match["stem"]
            rest = "-".join([*words[:place], f"{stem}*", *words[place + 1 :]])
            ranks.append((f"depth:{rest}", int(match["step"] or match["at"])))
    return ranks


@functools.lru_cache(maxsize=65536)
def _words(name: str) -> tuple[str, ...]:
    """The words of a name but for the batch size."""
    words = re.split(r"[-_\s]+", name.casefold())
    return tuple(word for word in words if word and (word.isalpha() or not _BATCH.fullmatch(word)))


class Sized(NamedTuple):
    """A number of a model whose name has a size, and that size's rank."""

    rank: int
    name: str
    number: Number


SPEEDS = frozenset({"inference-time", "throughput", "peak-memory"})
"""Subjects that depend on more than the model: two of the same model may differ in them."""


def disagreement(
    one: Compared, other: Compared, *, subjects: Container[str] | None = None, but: Container[str] = ()
) -> str:
    """What two models report different numbers of, such as `Parameters (25.6M and 2.56M)`; empty where nothing.

    Numbers agree where they lie within the precision that both were printed with.

    Args:
        one: A model.
        other: Another.
        subjects: What to compare, such as `parameters`; everything where it is `None`.
        but: What not to compare.
    """
    for key, number in other.numbers.items():
        relevant = (subjects is None or number.subject in subjects) and number.subject not in but
        same = one.numbers.get(key) if relevant else None
        if same is not None and not agree(same, number):
            return f"{number.label} ({same.text} and {number.text})"
    return ""


def agree(one: Number, other: Number) -> bool:
    """Whether two numbers lie within the precision that both were printed with."""
    return abs(one.value - other.value) <= one.half_width + other.half_width
