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


@pytest.mark.parametrize("known", known_sizes(), ids=lambda known: known.name)
def test_a_size_has_two_sources_that_are_not_one(known: KnownSize) -> None:
    assert urlsplit(known.source).scheme in ("http", "https")
    assert known.checked
    assert known.checked != known.source
    assert known.sizes(known.tested), "the split that is meant is one whose size is known"


@pytest.mark.parametrize(
    "known",
    [each for each in known_sizes() if "trainval" in each.splits and "train" in each.splits],
    ids=lambda known: known.name,
)
def test_training_and_validation_add_up(known: KnownSize) -> None:
    parts = zip(known.sizes("train"), known.sizes("val"), strict=True)
    assert known.sizes("trainval") == tuple(map(sum, parts))


@pytest.mark.parametrize(("package", "name", "counted"), CLAIMS, ids=[f"{each[0]} {each[1]}" for each in CLAIMS])
def test_others_counted_the_same(package: str, name: str, counted: dict[str, int]) -> None:
    known = named_split(name).known
    assert known is not None
    assert counted, package
    for split, count in counted.items():
        if split == "classes":
            assert known.classes in (0, count)
        elif split == "trainval" and "trainval" not in known.splits:
            assert count == sum(known.sizes("train")) + sum(known.sizes("val"))
        else:
            assert count in known.sizes(split), f"{split} of {name}: {package} {COUNTED[package]['version']}"


def test_what_is_read_of_a_wheel_is_what_is_kept() -> None:
    assert set(COUNTED) == set(renew_sizes.READERS)
    assert len({name for _, name, _ in CLAIMS}) >= 27
