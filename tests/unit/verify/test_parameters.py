"""Parameters are counted in each way that published numbers are, against torchvision's and a hand's count."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from registry.verify.builders import target
from registry.verify.parameters import ledger, variants
from registry.verify.trace import build


class Shared(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(4, 4, bias=False)
        self.second = nn.Linear(4, 4, bias=False)
        self.second.weight = self.first.weight
        self.norm = nn.BatchNorm1d(4)
        self.frozen = nn.Parameter(torch.zeros(3), requires_grad=False)


def test_shared_parameters_count_once_and_buffers_apart() -> None:
    parameters = ledger(Shared())
    assert parameters.total == 16 + 8 + 3
    assert parameters.buffers == 4 + 4 + 1
    ways = variants(parameters)
    assert ways["all parameters"] == 27
    assert ways["trainable parameters"] == 24
    assert ways["parameters and buffers"] == 36


@pytest.mark.parametrize(
    ("builder", "way", "count"),
    [
        ("torchvision:googlenet", "without the auxiliary heads aux1, aux2", 6624904),  # torchvision's num_params
        ("torchvision:googlenet", "all parameters", 13004888),
        ("torchvision:inception_v3", "all parameters", 27161264),  # torchvision's num_params
        ("torchvision:inception_v3", "without the auxiliary heads AuxLogits", 23834568),
        ("timm:repvgg_b0", "in deploy mode", 14339048),  # 14.34 million in the paper's table
        ("timm:inception_resnet_v2", "with a background class (1001 classes)", 55843464 + 1536 + 1),
        ("timm:tresnet_m", "convolutions only", 29278464),  # what timm's card says of tresnet_m_448
    ],
)
def test_the_ways_of_known_models(builder: str, way: str, count: int) -> None:
    assert variants(ledger(build(target(builder).build)))[way] == count


def test_counting_leaves_the_model_as_it_was() -> None:
    model = build(target("timm:repvgg_a0").build)
    before = sum(parameter.numel() for parameter in model.parameters())
    ledger(model)
    assert sum(parameter.numel() for parameter in model.parameters()) == before
