"""Counting a model of one's own leaves it as it is, and agrees with torch's own counter."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

import registry
from registry.types import BuildError
from registry.verify.conventions import CONVENTIONS


def net() -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 10))


def test_the_count_is_that_of_torchs_own_counter() -> None:
    model = net()
    with FlopCounterMode(display=False) as counter:
        model.eval()(torch.zeros(1, 1, 8, 8))
    counted = registry.count(model, (1, 8, 8))
    assert counted["counts"]["torch"]["total"] == counter.get_total_flops()
    assert counted["counts"]["MACs"]["total"] * 2 == counter.get_total_flops()


def test_the_model_is_left_as_it_is() -> None:
    model = net().train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    registry.count(model, (1, 8, 8))
    assert model.training
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert model(torch.zeros(2, 1, 8, 8)).device.type == "cpu"


def test_layers_stand_in_the_models_order_and_add_up() -> None:
    counted = registry.count(net(), (1, 8, 8))
    layers = counted["layers"]
    assert [(layer["path"], layer["type"]) for layer in layers if layer["parameters"]] == [
        ("0", "Conv2d"),
        ("1", "BatchNorm2d"),
        ("4", "Linear"),
    ]
    assert [layer["path"] for layer in layers] == sorted(layer["path"] for layer in layers)
    assert sum(layer["parameters"] for layer in layers) == counted["parameters"]["all parameters"]
    for name in CONVENTIONS:
        assert sum(layer["counts"][name] for layer in layers) == counted["counts"][name]["total"]


def test_an_input_that_does_not_fit_is_one_sentence() -> None:
    with pytest.raises(BuildError, match=r"does not run on 1x3x8x8: RuntimeError"):
        registry.count(net(), (3, 8, 8))
