"""timm's renames are followed only where the parameters agree with the card's."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from registry.types import BuildError, Model
from registry.verify.builders import resolve, target

CardMaker = Callable[..., Model]
TIMM = "https://github.com/rwightman/pytorch-image-models/blob/d8e6920/timm/models/resnet.py#L874"
IG = "https://download.pytorch.org/models/ig_resnext101_32x{}.pth"


def named(card: CardMaker, id_: str, parameters: int, weights: str = "") -> str:
    return resolve(card(id_, Code=TIMM, Weights=weights, metadata={"ID": id_, "Parameters": parameters})).name


@pytest.mark.parametrize(
    ("id_", "parameters", "weights", "expected"),
    [
        ("ig_resnext101_32x8d", 88790000, "8-c38310e5", "resnext101_32x8d.fb_wsl_ig1b_ft_in1k"),
        ("ig_resnext101_32x16d", 194030000, "16-c6f796b0", "resnext101_32x16d.fb_wsl_ig1b_ft_in1k"),
        ("ig_resnext101_32x32d", 468530000, "32-e4b90b00", "resnext101_32x32d.fb_wsl_ig1b_ft_in1k"),
    ],
)
def test_a_rename_to_another_model_is_not_followed(
    card: CardMaker, id_: str, parameters: int, weights: str, expected: str
) -> None:
    assert named(card, id_, parameters, IG.format(weights)) == expected


def test_a_rename_whose_parameters_disagree_says_what_was_tried(card: CardMaker) -> None:
    with pytest.raises(BuildError, match=r"none of its possible successors has .* resnext101_32x8d\S* has 88791336"):
        named(card, "ig_resnext101_32x8d", 194030000)


def test_a_model_that_timm_still_has_is_taken_by_its_id(card: CardMaker) -> None:
    target = resolve(card("x", Code=TIMM, metadata={"ID": "resnet50", "Parameters": 1}))
    assert (target.name, target.how, target.input_size) == ("resnet50", "by its ID 'resnet50'", (3, 224, 224))


@pytest.mark.parametrize("field", ["Library", "library_name"])
def test_the_library_field_and_a_prefixed_name_lead_to_timm(card: CardMaker, field: str) -> None:
    target = resolve(card("timm/resnet50.a1_in1k", **{field: "timm"}))
    assert target.name == "resnet50.a1_in1k"
    assert target.weights is not None
    assert target.weights.url == "hf://timm/resnet50.a1_in1k/model.safetensors"
    assert target.preprocessing is not None
    assert (target.preprocessing.resize, target.preprocessing.crop) == (235, 224)


def test_an_unknown_model_names_the_nearest() -> None:
    with pytest.raises(BuildError, match=r"timm .* has no model 'resnet5'; nearest are resnet50"):
        target("timm:resnet5")
