"""The inputs to try come from the card, the library, and what publishers are known to have done."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from torch import nn

from registry.types import Model
from registry.verify.builders import target
from registry.verify.builders.package import Builder, Package
from registry.verify.counts.inputs import candidate_inputs, parse_size

CardMaker = Callable[..., Model]


@pytest.mark.parametrize(
    ("value", "size"),
    [
        (224, (3, 224, 224)),
        ("'299'", (3, 299, 299)),
        ("224x288", (3, 224, 288)),
        ([1, 28, 28], (1, 28, 28)),
        ("(1, 3, 64, 64)", (3, 64, 64)),
        ("large", None),
        ("0.875", None),
        (None, None),
        ("999999", None),
        ("3", None),
    ],
)
def test_a_declared_size_is_read(value: object, size: tuple[int, ...] | None) -> None:
    assert parse_size(value) == size


def test_a_declared_size_binds_and_the_others_only_explain(card: CardMaker) -> None:
    candidates = candidate_inputs(card("x", metadata={"Image Size": "240"}), target("torchvision:resnet50"))
    assert [candidate.size for candidate in candidates if not candidate.against] == [(3, 240, 240), (3, 240, 305)]
    assert {(candidate.size, candidate.against) for candidate in candidates if candidate.against} == {
        ((3, 224, 224), "the card's Image Size is 240x240")
    }
    assert candidates[0].rule == "the declared size"


def test_without_a_declared_size_the_librarys_goes_first_and_the_photograph_last(card: CardMaker) -> None:
    candidates = candidate_inputs(card("x"), target("torchvision:resnet50"))
    assert [(candidate.size, candidate.against) for candidate in candidates] == [
        ((3, 224, 224), ""),
        ((3, 224, 285), ""),
    ]


def test_a_size_in_the_name_goes_before_the_librarys(card: CardMaker) -> None:
    candidates = candidate_inputs(card("vit-base-p16_3rdparty_in1k-384px"), target("torchvision:resnet50"))
    assert (candidates[0].size, candidates[0].rule) == ((3, 384, 384), "the size in its name or its training")


def test_inputs_of_a_builder_are_the_only_ones(card: CardMaker) -> None:
    builder = Builder(build=nn.Identity, inputs={"input_ids": "1x16:int64"}, arguments={"use_cache": False})
    package = Package(name="mine", version="1", builders={"net": builder})
    (candidate,) = candidate_inputs(card("x"), package.target("net", "as asked"))
    assert str(candidate.arguments) == "input_ids=1x16:int64, use_cache=False"


def test_a_model_that_reads_no_colour_pictures_is_tried_on_its_own_input_only(card: CardMaker) -> None:
    assert [candidate.size for candidate in candidate_inputs(card("x"), target("registry:digits-cnn"))] == [(1, 8, 8)]
