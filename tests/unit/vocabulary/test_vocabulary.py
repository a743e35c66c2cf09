"""Known names, those of a project, and slips of them."""

import pytest

from registry.types import ConfigError
from registry.vocabulary import Vocabulary, fold, read_quantity, unit_in_name

WORDS = Vocabulary.load()


@pytest.mark.parametrize("name", ["ImageNet-1k", "Imagenet", "imagenet", "ImageNet1K", "ILSVRC 2012"])
def test_spellings_of_a_data_set(name):
    assert WORDS.dataset(name).name == "ImageNet"


def test_no_two_terms_share_a_spelling():
    for terms in (WORDS.datasets, WORDS.tasks, WORDS.metrics):
        for spelling, term in terms.items():
            assert spelling in {fold(name) for name in (term.name, *term.aliases)}
        count = len({fold(name) for term in set(terms.values()) for name in (term.name, *term.aliases)})
        assert count == len(terms)
        assert all(terms[fold(term.name)] is term for term in terms.values())


@pytest.mark.parametrize(
    ("slip", "meant"), [("ImagNet", "ImageNet"), ("Cityscape", "Cityscapes"), ("CIFAR-20", None), ("InShop", None)]
)
def test_slips_of_data_sets(slip, meant):
    assert WORDS.slip_of_dataset(slip) == meant


def test_known_names_are_no_slips():
    assert WORDS.slip_of_metric("Top 1 Accuracy") is None
    assert WORDS.slip_of_metric("Accuracy (testA)") is None
    assert WORDS.slip_of_task("Image Classification") is None
    assert WORDS.slip_of_metric("Top 1 Acuracy") == "Top 1 Accuracy"


def test_a_project_adds_and_replaces(tmp_path):
    file = tmp_path / "words.toml"
    file.write_text(
        '[datasets]\nInShop = {aliases = ["In-shop Clothes"]}\nImageNet-1k = {aliases = ["ImageNet"]}\n'
        '[tasks]\n"Guessing" = ["Guess"]\n[metrics.luck]\nname = "Luck"\nkind = "ratio"\n'
    )
    words = Vocabulary.load(str(file))
    assert words.dataset("in shop clothes").name == "InShop"
    assert words.dataset("ImageNet").name == "ImageNet-1k"
    assert words.task("guess").name == "Guessing"
    assert words.metric("LUCK").subject == "luck"
    assert WORDS.dataset("InShop") is None


@pytest.mark.parametrize("text", ["[datasets]\nA = 3\n", "[metrics.a]\nname = 'a'\n", "tasks = 3\n", "]["])
def test_what_is_no_vocabulary(tmp_path, text):
    file = tmp_path / "words.toml"
    file.write_text(text)
    with pytest.raises(ConfigError):
        Vocabulary.load(str(file))
    with pytest.raises(ConfigError):
        Vocabulary.load(str(tmp_path / "missing.toml"))


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("GFLOPs", "G"),
        ("GMACs", "G"),
        ("FLOPs (G)", "G"),
        ("Params(M)", "M"),
        ("Params (M)", "M"),
        ("FLOPs", ""),
        ("Parameters", ""),
        ("Training Memory (GB)", "G"),
        ("Accuracy (testA)", ""),
        ("MACs", ""),
    ],
)
def test_units_in_names(name, unit):
    assert unit_in_name(name) == unit


@pytest.mark.parametrize(
    ("name", "text", "value", "half_width"),
    [
        ("GFLOPs", "4.1", 4_100_000_000, 50_000_000),
        ("GFLOPs", "4", 4_000_000_000, 500_000_000),
        ("GFLOPs", "4100M", 4_100_000_000, 500_000),
        ("Params (M)", "25.56", 25_560_000, 5_000),
        ("FLOPs", "1429383808", 1_429_383_808, 0),
    ],
)
def test_quantities_under_names_with_units(name, text, value, half_width):
    quantity = read_quantity(name, text, "count")
    assert (int(quantity.value), int(quantity.half_width), quantity.text) == (value, half_width, text)


def test_metric_terms_know_what_is_bounded():
    assert not Vocabulary.load().metric("WER").bounded
    assert Vocabulary.load().metric("Top-5").top == 5
