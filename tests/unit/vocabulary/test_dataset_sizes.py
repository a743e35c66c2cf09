"""Sizes of data sets are facts of the world: each is there with two sources, and the parts of one add up."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from registry.vocabulary.dataset_sizes import KnownSize, known_sizes


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
