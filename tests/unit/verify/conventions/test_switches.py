"""What the switches leave out or add, on models where it can be said by hand."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from registry.verify.conventions import CONVENTIONS
from registry.verify.trace import Trace, build, trace


class NormAct(nn.BatchNorm2d):
    """A normalisation with its activation inside, as timm's BatchNormAct2d."""

    def __init__(self, channels: int) -> None:
        super().__init__(channels)
        self.act = nn.LeakyReLU()

    def forward(self, x):
        return self.act(super().forward(x))


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding="same", bias=False)
        self.norm = NormAct(4)
        self.head = nn.Linear(4, 5)

    def forward(self, x):
        x = self.norm(self.conv(x))
        tokens = x.flatten(2).transpose(1, 2)
        return self.head(F.scaled_dot_product_attention(tokens, tokens, tokens).mean(1))


CONV, ELEMENTS, HEAD = 4 * 64 * 27, 4 * 64, 4 * 5
PRODUCTS = 2 * 64 * 64 * 4


@pytest.fixture(scope="module")
def net() -> Trace:
    return trace(build(Net), (3, 8, 8))


@pytest.mark.parametrize(
    ("name", "settings", "expected"),
    [
        ("thop 0.0.31", {}, CONV + ELEMENTS + HEAD),
        ("thop 0.0.31", {"head": False}, CONV + ELEMENTS),
        ("thop 0.0.31", {"norms": "derived"}, CONV + 3 * ELEMENTS + HEAD),
        ("thop 0.0.31", {"norms": "fused"}, CONV + HEAD),
        ("fvcore 0.1.5", {}, 2 * ELEMENTS + HEAD),
        ("fvcore 0.1.5", {"attention": True}, 2 * ELEMENTS + PRODUCTS + HEAD),
        ("fvcore 0.1.5", {"norms": "training"}, 5 * ELEMENTS + HEAD),
        ("fvcore 0.1.5", {"text_padding": True}, CONV + 2 * ELEMENTS + HEAD),
        ("mmengine 0.10.7", {"head": False}, 2 * ELEMENTS),
        ("mmcv 1.x", {}, CONV + ELEMENTS + HEAD),
        ("mmcv 1.x", {"head": False}, CONV + ELEMENTS),
    ],
)
def test_a_switch_adds_or_leaves_out_what_it_says(net: Trace, name: str, settings: dict, expected: int) -> None:
    assert CONVENTIONS[name].count(net, **settings).total == expected


def test_what_is_not_counted_is_named(net: Trace) -> None:
    uncounted = CONVENTIONS["fvcore 0.1.5"].count(net).uncounted
    assert uncounted["scaled_dot_product_attention"] == 1
    assert uncounted["_convolution_mode"] == 1
    assert "flatten" not in uncounted


@pytest.mark.parametrize("equation", ["nct,ncp->ntp", "nct,nkt->nck"])
def test_fvcore_counts_the_batched_products_that_it_knows_of_einsum_exactly(equation: str) -> None:
    class Product(nn.Module):
        def forward(self, x):
            return torch.einsum(equation, x, x)

    assert CONVENTIONS["fvcore 0.1.5"].count(trace(Product(), (5, 5))).total == 5 * 5 * 5
