"""What models' names say of each other: the same architecture, a larger one, the same at a higher resolution."""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from registry.checks.entry import Entry

_CERTAIN = (
    r"\d+xb\d+|b\d+x\d+|\d{3,4}px|in\d+k|imagenet(?:\d+k)?|cifar\d+|\d+e|3rdparty|converted|pretrained|amp|fp16|bf16|"
    r"coslr|linear|ema|dist|distilled|ft|finetuned|noisy|timm|torchvision|pre"
)
_PART = re.compile(_CERTAIN)
_WORD = re.compile(rf"{_CERTAIN}|224|240|256|288|384|448|512|a[123]h?|ra\d?|nst?|ap|ssld?|swsl|tv|mill|fbai")
"""Words of a name, and parts of words, that say how a model was trained or at which size, and not what it is."""

_BATCH = re.compile(r"\d+xb\d+|b\d+x\d+")
_RESOLUTION = re.compile(r"(?P<pixels>\d{3,4})px|(?P<bare>224|240|256|288|384|448|512)")

_SIZES = (
    ("atto", "femto", "pico", "nano", "tiny", "small", "medium", "base", "large", "xlarge", "huge", "giant"),
    ("xxsmall", "xsmall", "small", "base", "large"),
    ("xxs", "xs", "s", "m", "l", "xl"),
)


@functools.lru_cache(maxsize=65536)
def architecture(name: str) -> str:
    """A model's name without what says how it was trained: `resnet34_8xb16_cifar10` is `resnet34`."""
    words = [word for word in re.split(r"[_\s]+", name.casefold()) if word and not _WORD.fullmatch(word)]
    return "-".join(part for word in words for part in word.split("-") if not _PART.fullmatch(part))


def resolution(name: str) -> tuple[str, int]:
    """A model's name without the resolution in it, and the resolution; zero where it names none, or several."""
    words = [word for word in _words(name) if not _BATCH.fullmatch(word)]
    found = [match for word in words if (match := _RESOLUTION.fullmatch(word))]
    if len(found) != 1:
        return name, 0
    rest = "-".join(word for word in words if not _RESOLUTION.fullmatch(word))
    return rest, int(found[0]["pixels"] or found[0]["bare"])


def sizes(name: str) -> list[tuple[str, int]]:
    """A model's name with its word for the size taken out, and that word's rank, for each scale that it may be on."""
    words = [word for word in _words(name) if not _BATCH.fullmatch(word)]
    found = []
    for number, scale in enumerate(_SIZES):
        places = [place for place, word in enumerate(words) if word in scale]
        if len(places) == 1:
            rest = "-".join([*words[: places[0]], "*", *words[places[0] + 1 :]])
            found.append((f"{number}:{rest}", scale.index(words[places[0]])))
    return found


def families(models: Iterable[Entry]) -> Mapping[str, list[Entry]]:
    """Models by their collection; those without one are left out."""
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in models:
        if entry.model is not None and entry.model.collection:
            found[entry.model.collection].append(entry)
    return found


@functools.lru_cache(maxsize=65536)
def _words(name: str) -> tuple[str, ...]:
    return tuple(word for word in re.split(r"[-_\s]+", name.casefold()) if word)
