"""Every published card to each format and back: nothing lost that the list of losses did not name."""

import pytest

from registry.convert import TARGETS
from registry.loader import load

ZOOS = {
    "timm": "timm",
    "mmpretrain": "mmpretrain",
    "markdown": "model-index-examples/option1-markdown",
    "yaml": "model-index-examples/option2-yaml",
    "seed": "seed",
}


@pytest.fixture(scope="module")
def zoos(corpora):
    return {name: load([corpora / path]) for name, path in ZOOS.items()}


@pytest.mark.parametrize("to", TARGETS)
@pytest.mark.parametrize("name", ZOOS)
def test_nothing_is_lost_that_is_not_named(zoos, unnamed, tmp_path, name, to):
    lost, made_up = unnamed(zoos[name], to, tmp_path)
    assert not lost
    assert not made_up


@pytest.mark.parametrize("suffix", [".yml", ".json", ".md"])
def test_model_index_in_each_of_its_forms(zoos, unnamed, tmp_path, suffix):
    assert unnamed(zoos["timm"], "model-index", tmp_path, suffix) == ({}, {})
