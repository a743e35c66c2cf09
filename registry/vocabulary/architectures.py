"""What is known of architectures that many zoos publish."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from registry.lazy_regex import lazy_regex
from registry.types import UsageError
from registry.vocabulary.metrics import slug
from registry.vocabulary.slips import KnownNames
from registry.vocabulary.toml_files import own_table

_BETWEEN = lazy_regex(r"[-_\s./]+")
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
    architectures = {}
    for name, entry in own_table(Path(__file__).with_name("architectures.toml")).items():
        architecture = Architecture(name, entry["parameters"], entry["macs"] * 10**6)
        for spelling in (name, *entry.get("aliases", ())):
            architectures[slug(spelling).replace("-", "")] = architecture
    return architectures


@lru_cache(maxsize=65536)
def architecture_of(name: str) -> Architecture | None:
    """The architecture that a model's name begins with, `None` where it begins with none that is known.

    >>> architecture_of("efficientnet-b0_3rdparty_8xb32_in1k").name, architecture_of("resnet50c4")
    ('efficientnet_b0', None)
    """
    return _at(_words(name), 0)


def _words(name: str) -> list[str]:
    return [word for word in _BETWEEN.split(name.casefold()) if word]


def _at(words: Sequence[str], start: int) -> Architecture | None:
    """The architecture whose name begins with a word."""
    architectures = _known()
    for end in range(min(start + _LONGEST, len(words)), start, -1):
        architecture = architectures.get("".join(words[start:end]))
        if architecture is not None:
            return architecture
    return None


@lru_cache(maxsize=65536)
def architecture_in(name: str) -> Architecture | None:
    """The architecture that a model's name holds anywhere, as a backbone's; `None` where it holds none that is known.

    >>> architecture_in("faster-rcnn_r50_fpn_1x_coco").name, architecture_in("upernet_swin-t_8xb2")[0]
    ('resnet50', 'swin_t')
    """
    words = _words(name)
    for at, word in enumerate(words):
        match = _SHORT.fullmatch(word) if word[0] == "r" else None
        architecture = architecture_of(f"resnet{match[1]}") if match else _at(words, at)
        if architecture is not None:
            return architecture
    return None


_SHORT = lazy_regex(r"r(?:es)?(18|34|50|101|152)")
"""What OpenMMLab's names call a ResNet."""


_PARTS = lazy_regex(r"[a-z0-9]+")


def named_data(name: str) -> tuple[str, ...]:
    """The data that parts of a name stand for.

    >>> named_data("vit_b_16.IMAGENET1K_SWAG_E2E_V1"), named_data("beit_base_patch16_224.in22k_ft_in22k_in1k")
    (('Instagram',), ('ImageNet-21k',))
    >>> named_data("resnet50.IMAGENET1K_V1")
    ()
    """
    data_by_part = _parts()
    return tuple(dict.fromkeys(data_by_part[part] for part in _PARTS.findall(name.lower()) if part in data_by_part))


@cache
def data_names() -> frozenset[str]:
    """The data that weights are trained on beyond the tested set, by their names."""
    return frozenset(own_table(Path(__file__).with_name("pretraining.toml")))


@cache
def _parts() -> Mapping[str, str]:
    table = own_table(Path(__file__).with_name("pretraining.toml"))
    return {part: name for name, parts in table.items() for part in parts}


_SEPARATORS = lazy_regex(r"[\s_.\-/:]+")
_MOST = 6


def squeeze(name: str) -> str:
    """A name without case and separators.

    >>> squeeze("ResNet-50 v1.5") == squeeze("resnet50_V1-5")
    True
    """
    return _SEPARATORS.sub("", name.casefold())


def find_name(query: str, names: Iterable[str]) -> str:
    """The one model name that is meant: the same, the same without case and separators, or the only one that begins so.

    Raises:
        UsageError: None is meant, or several may be; the message names them.
    """
    candidates = list(dict.fromkeys(names))
    if query in candidates:
        return query
    short = squeeze(query)
    same = [name for name in candidates if squeeze(name) == short]
    begins = [name for name in candidates if short and squeeze(name).startswith(short)]
    for matches in (same, begins):
        if len(matches) == 1:
            return matches[0]
    several = same or begins or [name for name in candidates if short and short in squeeze(name)]
    if several:
        listing = ", ".join(several[:_MOST]) + (f" and {len(several) - _MOST} more" if len(several) > _MOST else "")
        raise UsageError(f"no card has a model named '{query}'; names like it are {listing}")
    # `resnt50` means `resnet50` also where every name goes on, as in `resnet50.a1_in1k`.
    close = KnownNames(candidates).closest(query) or KnownNames(
        [name.partition(".")[0] for name in candidates]
    ).closest(query)
    raise UsageError(f"no card has a model named '{query}'" + (f"; did you mean {close}?" if close else ""))
