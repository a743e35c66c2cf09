"""Which models are the same architecture, by their names, and which belong to one family."""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from registry.checks.entry import Entry

_TRAINING = re.compile(
    r"\d+xb\d+|b\d+x\d+|\d{3,4}px|224|240|256|288|384|448|512|in\d+k|imagenet(?:\d+k)?|cifar\d+|\d+e|"
    r"3rdparty|converted|pretrained|amp|fp16|bf16|coslr|linear|ema|dist|distilled|ft|finetuned|noisy|"
    r"a[123]h?|ra\d?|nst?|ap|ssld?|swsl|timm|torchvision|tv|mill|fbai|pre"
)
"""Parts of a name that say how a model was trained or at which size, and not what it is."""


@functools.lru_cache(maxsize=65536)
def architecture(name: str) -> str:
    """A model's name without what says how it was trained: `resnet34_8xb16_cifar10` is `resnet34`."""
    words = [word for word in re.split(r"[_\s]+", name.casefold()) if word and not _TRAINING.fullmatch(word)]
    parts = [part for word in words for part in word.split("-") if not _TRAINING.fullmatch(part)]
    return "-".join(parts)


def families(models: Iterable[Entry]) -> Mapping[str, list[Entry]]:
    """Models by their collection; those without one are left out."""
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in models:
        if entry.model is not None and entry.model.collection:
            found[entry.model.collection].append(entry)
    return found
