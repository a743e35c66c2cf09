"""What is known of architectures that many zoos publish."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from registry.vocabulary.toml_files import own_table

_LONGEST = 6
"""Words of a name that may be those of an architecture."""


class Architecture(NamedTuple):
    """An architecture.

    Attributes:
        name: As torchvision names it.
        parameters: With a head for 1000 classes.
        macs: Multiply-accumulates of one picture at the size that it is usually tested at.
    """

    name: str
    parameters: int
    macs: int


@cache
def _known() -> Mapping[str, Architecture]:
    found = {}
    for name, entry in own_table(Path(__file__).with_name("architectures.toml")).items():
        architecture = Architecture(name, entry["parameters"], entry["macs"] * 10**6)
        for spelling in (name, *entry.get("aliases", ())):
            found[_squeezed(spelling)] = architecture
    return found


@lru_cache(maxsize=65536)
def architecture_of(name: str) -> Architecture | None:
    """The architecture that a model's name begins with, `None` where it begins with none that is known.

    >>> architecture_of("efficientnet-b0_3rdparty_8xb32_in1k").name, architecture_of("resnet50c4")
    ('efficientnet_b0', None)
    """
    words = [word for word in re.split(r"[-_\s./]+", name.casefold()) if word]
    for count in range(min(_LONGEST, len(words)), 0, -1):
        found = _known().get("".join(words[:count]))
        if found is not None:
            return found
    return None


@lru_cache(maxsize=65536)
def architecture_in(name: str) -> Architecture | None:
    """The architecture that a model's name holds anywhere, as a backbone's; `None` where it holds none that is known.

    >>> architecture_in("faster-rcnn_r50_fpn_1x_coco").name, architecture_in("upernet_swin-t_8xb2")[0]
    ('resnet50', 'swin_t')
    """
    words = [word for word in re.split(r"[-_\s./]+", name.casefold()) if word]
    for at, word in enumerate(words):
        match = _SHORT.fullmatch(word)
        found = architecture_of(f"resnet{match[1]}" if match else "-".join(words[at:]))
        if found is not None:
            return found
    return None


_SHORT = re.compile(r"r(?:es)?(18|34|50|101|152)")
"""What OpenMMLab's names call a ResNet."""


def _squeezed(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", name.casefold())
