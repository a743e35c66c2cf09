"""What a model's name says of the data that its weights were trained on beside the tested set."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from registry.lazy_regex import lazy_regex
from registry.vocabulary.toml_files import own_table

_PARTS = lazy_regex(r"[a-z0-9]+")


def named_data(name: str) -> tuple[str, ...]:
    """The data that parts of a name stand for.

    >>> named_data("vit_b_16.IMAGENET1K_SWAG_E2E_V1"), named_data("beit_base_patch16_224.in22k_ft_in22k_in1k")
    (('Instagram',), ('ImageNet-21k',))
    >>> named_data("resnet50.IMAGENET1K_V1")
    ()
    """
    known = _parts()
    return tuple(dict.fromkeys(known[part] for part in _PARTS.findall(name.lower()) if part in known))


@cache
def data_names() -> frozenset[str]:
    """The data that weights are trained on beyond the tested set, by their names."""
    return frozenset(own_table(Path(__file__).with_name("pretraining.toml")))


@cache
def _parts() -> Mapping[str, str]:
    table = own_table(Path(__file__).with_name("pretraining.toml"))
    return {part: name for name, parts in table.items() for part in parts}
