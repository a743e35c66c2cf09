"""Which models an expression finds, against what a person reads off the cards."""

from __future__ import annotations

import pytest

from registry.query.expression import ExpressionError
from registry.query.model_search import Search

ALL = ["ResNet-50", "ResNet-18", "Bare"]


def names(search: Search, expression: str, **options: object) -> list[str]:
    return [row["name"] for row in search.rows(search.find(expression, **options))]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("", ALL),
        ("flops < 5e9", ["ResNet-50", "ResNet-18"]),
        ("flops < 2 GFLOPs", ["ResNet-18"]),
        ("flops < 2G", ["ResNet-18"]),
        ("gflops < 2", ["ResNet-18"]),
        ("FLOPs <= 1800 MFLOPs", ["ResNet-18"]),
        ("params > 20M", ["ResNet-50"]),
        ("parameters = 25557032", ["ResNet-50"]),
        ("parameters = 25,557,032", ["ResNet-50"]),
        ("parameters != 25557032", ["ResNet-18"]),
        ("file-size >= 98 MB", ["ResNet-50"]),
        ('"File Size" >= 98000000', ["ResNet-50"]),
        ("top1 > 75%", ["ResNet-50"]),
        ("top1 > 0.75", ["ResNet-50"]),
        ("top1 > 75", ["ResNet-50"]),
        ("top1 = 76.13%", ["ResNet-50"]),
        ("Top 1 Accuracy > 60% and Top 5 Accuracy > 60%", ["ResNet-50"]),
        ("acc@1 < 70%", ["ResNet-18"]),
        # One and the same evaluation: the 95% is on CIFAR-10.
        ("top1 > 90% and dataset = ImageNet", []),
        ("top1 > 90% and dataset = CIFAR10", ["ResNet-50"]),
        ("dataset = imagenet", ["ResNet-50", "ResNet-18"]),
        ("dataset = 'ILSVRC 2012'", ["ResNet-50", "ResNet-18"]),
        ("dataset != ImageNet", ["ResNet-50"]),
        ("not dataset = ImageNet", ["ResNet-50"]),
        ("dataset ~ cifar", ["ResNet-50"]),
        ("name ~ net-1", ["ResNet-18"]),
        ("name = resnet-18", ["ResNet-18"]),
        ("name != resnet-18", ["ResNet-50", "Bare"]),
        ("collection = ResNet", ["ResNet-50", "ResNet-18"]),
        ("collection = missing", ["Bare"]),
        ("flops = missing", ["Bare"]),
        ("flops != missing", ["ResNet-50", "ResNet-18"]),
        ("library = mmzoo", ALL),
        ("task ~ classification", ["ResNet-50", "ResNet-18"]),
        ("task = Classification", ["ResNet-50", "ResNet-18"]),
        ("verdict = self-reported", ["ResNet-50", "ResNet-18"]),
        ("verdict != self-reported", []),
        ("top1.verdict = self-reported", ["ResNet-50", "ResNet-18"]),
        ("flops.measured > 0", []),
        ("dice-coefficient > 0.4", ["ResNet-18"]),
        ("Dice Coefficient > 0.4", ["ResNet-18"]),
        # What a card does not say satisfies nothing, nor its contrary.
        ("not flops > 2G", ["ResNet-18"]),
        ("not (flops > 2G or name = Bare)", ["ResNet-18"]),
        ("flops > 2G or name = Bare", ["ResNet-50", "Bare"]),
        ("not not flops > 2G", ["ResNet-50"]),
        ("flops > 2G and params > 1 or name = Bare", ["ResNet-50", "Bare"]),
        ("flops > 2G and (params > 1 or name = Bare)", ["ResNet-50"]),
        ("FLOPS > 2G AND NOT name = x OR name = Bare", ["ResNet-50", "Bare"]),
        ("resnet 50 and flops > 2G", ["ResNet-50"]),
        ("not (resnet50) and name ~ bare", ["Bare"]),
    ],
)
def test_an_expression_finds_these_models(search: Search, expression: str, expected: list[str]) -> None:
    assert names(search, expression) == expected


@pytest.mark.parametrize(
    ("expression", "column", "message"),
    [
        ("flops", 6, "a comparison such as = or < is missing after 'flops'"),
        ("flops <", 8, "a value is missing after '<'"),
        ("< 5", 1, "a field is missing"),
        ("flops < 5 and", 14, "a field is missing after 'and'"),
        ("flops < 5)", 10, "')' is not expected here"),
        ("(flops < 5", 1, "the bracket is never closed"),
        ('name = "x', 8, "the quote is never closed"),
        ("flops == 5", 7, "'==' is no comparison"),
        ("flops < 5 < 6", 11, "'<' is not expected here"),
        ("flops < abc", 9, "'abc' is not a number"),
        ("flops < 5 MB", 9, "has no unit that a count can have"),
        ("top1 > 75 GB", 8, "has no unit that a ratio or percentage can have"),
        ("flops ~ 5", 1, "is a number, which ~ cannot search"),
        ("name < x", 1, "name is text"),
        ("flops < missing", 9, "'missing' goes with = or !="),
        ("verdict = good", 11, "'good' is no verdict"),
        ("paramters > 5", 1, "did you mean parameters?"),
        ("flops > 1 and dice-coeficient > 5", 15, "did you mean dice-coefficient?"),
        ("(" * 200 + "flops < 5" + ")" * 200, 101, "nested more than 100 deep"),
        ("not " * 200 + "flops < 5", 401, "nested more than 100 deep"),
        ("x" * 20_000, 10_000, "no more than 10000 characters"),
    ],
)
def test_a_mistake_is_one_sentence_with_its_column(search: Search, expression: str, column: int, message: str) -> None:
    with pytest.raises(ExpressionError) as raised:
        search.find(expression)
    assert raised.value.column == column
    assert message in raised.value.message
    assert "\n" not in raised.value.message


def test_the_order_is_by_field_and_what_lacks_it_comes_last(search: Search) -> None:
    assert names(search, "", sort=["top1"]) == ["ResNet-18", "ResNet-50", "Bare"]
    assert names(search, "", sort=["-top1"]) == ["ResNet-50", "ResNet-18", "Bare"]
    assert names(search, "", sort=["-name"]) == ["ResNet-50", "ResNet-18", "Bare"]
    assert names(search, "", sort=["dataset", "-parameters"], limit=2) == ["ResNet-50", "ResNet-18"]


def test_a_model_is_shown_with_the_evaluation_that_comes_first(search: Search) -> None:
    (best, *_) = search.rows(search.find("", sort=["-top1"]))
    assert (best["name"], best["dataset"], best["top-1-accuracy"]) == ("ResNet-50", "CIFAR-10", 0.95)


def test_the_values_are_in_base_units(search: Search) -> None:
    (row, *_) = search.rows(search.find("name = ResNet-50"))
    assert row["parameters"] == 25557032
    assert row["flops"] == 4_100_000_000
    assert row["file-size"] == 98_000_000
    assert row["top-1-accuracy"] == 0.7613
