from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from registry.verify.accuracy.causes import causes
from registry.verify.outcome import Outcome
from registry.verify.target import Preprocessing

World = Any
BICUBIC = Preprocessing(resize=24, crop=20, interpolation="bicubic")


def claim_of(world: World) -> str:
    return f"      Top 1 Accuracy: {world.accuracy['right'] / world.accuracy['all']:.2%}\n"


def cause_of(outcome: Outcome) -> str | None:
    assert outcome.verdict == "refuted"
    assert outcome.measurement is not None
    return outcome.measurement.details["diagnosis"]["cause"]


def test_a_number_made_under_bicubic_is_refuted_under_bilinear_and_explained(make_world: Callable[..., World]) -> None:
    world = make_world(categories=tuple(f"class {number}" for number in range(6)))
    (right,) = world.verify(metrics=claim_of(world))
    assert right.verdict == "reproduced"
    (wrong,) = world.verify(metrics=claim_of(world), metadata=["Interpolation: bilinear"], diagnose=True)
    assert cause_of(wrong) == "bicubic instead of bilinear interpolation"
    assert "with bicubic instead of bilinear interpolation it is" in wrong.reason
    assert "which reproduces the claim" in wrong.reason


@pytest.mark.parametrize(
    ("made_under", "cause"),
    [
        (replace(BICUBIC, channels="BGR"), "BGR instead of RGB"),
        (replace(BICUBIC, resize=20), "resized to 20 before the crop instead of 24"),
        (replace(BICUBIC, antialias=False), "no antialiasing"),
        (replace(BICUBIC, mean=(0.0,) * 3, std=(1.0,) * 3), "no normalisation"),
        (replace(BICUBIC, mean=(0.0,) * 3, std=(1.0,) * 3, scale=1.0), "pixels from 0 to 255, not normalised"),
    ],
)
def test_what_a_number_was_made_under_is_found(
    make_world: Callable[..., World], made_under: Preprocessing, cause: str
) -> None:
    world = make_world(made_under=made_under)
    (outcome,) = world.verify(metrics=claim_of(world), diagnose=True)
    assert cause_of(outcome) == cause


def test_another_order_of_the_classes_is_found(make_world: Callable[..., World]) -> None:
    world = make_world(categories=("class 5", "class 4", "class 3", "class 2", "class 1", "class 0"))
    (outcome,) = world.verify(metrics=claim_of(world), diagnose=True)
    assert cause_of(outcome) == "classes numbered in the order of their names"


def test_the_average_of_the_weights_is_found(make_world: Callable[..., World]) -> None:
    world = make_world(categories=tuple(f"class {number}" for number in range(6)))
    good = load_file(world.folder / "grain.safetensors")
    torch.save({"state_dict": {"centres": good["centres"] * 0.9}, "state_dict_ema": good}, world.folder / "both.pth")
    (world.folder / "grain.safetensors").unlink()
    (world.folder / "both.pth").rename(world.folder / "grain.safetensors")
    (outcome,) = world.verify(metrics=claim_of(world), diagnose=True)
    assert cause_of(outcome) == "the moving average of the weights (EMA)"


def test_what_nothing_explains_says_so(make_world: Callable[..., World]) -> None:
    (outcome,) = make_world().verify(metrics="      Top 1 Accuracy: 73.21%\n", diagnose=True)
    assert cause_of(outcome) is None
    assert "usual causes explains it; the nearest is" in outcome.reason


def test_causes_differ_from_what_was_done_and_from_each_other() -> None:
    for used in (BICUBIC, Preprocessing(), replace(BICUBIC, channels="L", mean=(0.5,), std=(0.5,))):
        candidates = list(causes(used, ("10", "9", "b", "A"), 5, has_average=False))
        assert all((cause.preprocessing, cause.order) != (used, None) for cause in candidates)
        assert len({(cause.preprocessing, cause.order) for cause in candidates}) == len(candidates)
        orders = {cause.change: cause.order for cause in candidates if cause.order}
        assert orders["classes numbered in the order of the numbers in their names"] == (3, 2, 1, 0)
        assert orders["outputs that begin with a background class"] == (1, 2, 3, 4)
