"""Sizes of data sets are facts of the world: each is there with two sources, and the parts of one add up."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from registry.vocabulary import renew_sizes
from registry.vocabulary.dataset_sizes import KnownSize, known_sizes, named_split
from registry.vocabulary.toml_files import own_table

COUNTED = own_table(Path(renew_sizes.OUTPUT))
"""What other libraries counted, by package and data set."""

CLAIMS = [
    (package, name, counted)
    for package, table in COUNTED.items()
    for name, counted in table.items()
    if name != "version"
]


@pytest.mark.parametrize("size", known_sizes(), ids=lambda size: size.name)
def test_a_size_has_two_sources_that_are_not_one(size: KnownSize) -> None:
    assert urlsplit(size.source).scheme in ("http", "https")
    assert size.checked
    assert size.checked != size.source
    assert size.sizes(size.tested), "the split that is meant is one whose size is known"


@pytest.mark.parametrize(
    "size",
    [size for size in known_sizes() if "trainval" in size.splits and "train" in size.splits],
    ids=lambda size: size.name,
)
def test_training_and_validation_add_up(size: KnownSize) -> None:
    parts = zip(size.sizes("train"), size.sizes("val"), strict=True)
    assert size.sizes("trainval") == tuple(map(sum, parts))


@pytest.mark.parametrize(("package", "name", "counted"), CLAIMS, ids=[f"{claim[0]} {claim[1]}" for claim in CLAIMS])
def test_others_counted_the_same(package: str, name: str, counted: dict[str, int]) -> None:
    size = named_split(name).known
    assert size is not None
    assert counted, package
    for split, count in counted.items():
        if split == "classes":
            assert size.classes in (0, count)
        elif split == "trainval" and "trainval" not in size.splits:
            assert count == sum(size.sizes("train")) + sum(size.sizes("val"))
        else:
            assert count in size.sizes(split), f"{split} of {name}: {package} {COUNTED[package]['version']}"


def test_what_is_read_of_a_wheel_is_what_is_kept() -> None:
    assert set(COUNTED) == set(renew_sizes.READERS)
    assert len({name for _, name, _ in CLAIMS}) >= 27
