"""Layers, recurrence and matrix products."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import parametrizations, parametrize

from tests.unit.verify.counts.kinds.case import Case, T, does, linear


def packed(self: Any, x: T) -> T:
    return self.a(nn.utils.rnn.pack_padded_sequence(x, [5, 3], batch_first=True))[0].data


class LowRank(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = nn.Parameter(torch.randn(4, 2)), nn.Parameter(torch.randn(2, 4))

    def forward(self, w: T) -> T:
        return w + self.a @ self.b


def low_rank() -> nn.Module:
    return parametrize.register_parametrization(linear(), "weight", LowRank())


KINDS: dict[str, Case] = {
    # Layers
    "linear": Case(linear, (4,), 16),
    "linear of tokens": Case(linear, (7, 4), 112),
    "linear of a batch of images": Case(linear, [(2, 3, 3, 4)], 288),
    "conv1d": Case(lambda: nn.Conv1d(3, 4, 3), (3, 9), 36 * 7),
    "conv2d": Case(lambda: nn.Conv2d(3, 4, 3), (3, 5, 5), 108 * 9),
    "conv2d strided and padded": Case(lambda: nn.Conv2d(3, 4, 3, 2, 1), (3, 9, 9), 108 * 25),
    "conv2d depthwise": Case(lambda: nn.Conv2d(4, 4, 3, groups=4), (4, 5, 5), 36 * 9),
    "conv2d dilated": Case(lambda: nn.Conv2d(3, 4, 3, dilation=2), (3, 7, 7), 108 * 9),
    "conv2d padding same": Case(lambda: nn.Conv2d(3, 4, 3, padding="same"), (3, 5, 5), 108 * 25),
    "conv2d circular": Case(lambda: nn.Conv2d(3, 4, 3, padding=1, padding_mode="circular"), (3, 5, 5), 108 * 25),
    "conv2d channels last": Case(lambda: nn.Conv2d(3, 4, 3).to(memory_format=torch.channels_last), (3, 5, 5), 108 * 9),
    "conv3d": Case(lambda: nn.Conv3d(2, 3, 3), (2, 5, 5, 5), 162 * 27),
    "transposed conv": Case(lambda: nn.ConvTranspose2d(3, 4, 3), (3, 5, 5), 108 * 25),
    "transposed conv of stride": Case(lambda: nn.ConvTranspose2d(3, 4, 2, 2), (3, 5, 5), 48 * 25),
    "weight norm": Case(lambda: nn.utils.parametrizations.weight_norm(linear()), (4,), 16),
    "lazy linear": Case(lambda: nn.LazyLinear(6), (4,), 24),
    "lazy conv": Case(lambda: nn.Sequential(nn.LazyConv2d(4, 3), nn.Flatten(), nn.LazyLinear(2)), (3, 5, 5), 972 + 72),
    "identity": Case(nn.Identity, (4,), 0),
    "norms and activations": Case(
        lambda: nn.Sequential(nn.BatchNorm2d(3), nn.GELU(), nn.GroupNorm(1, 3), nn.Softmax(1)), (3, 5, 5), 0
    ),
    "pools": Case(lambda: nn.Sequential(nn.MaxPool2d(2), nn.AdaptiveAvgPool2d(1)), (3, 8, 8), 0),
    "upsample": Case(lambda: nn.Upsample(scale_factor=2, mode="bilinear"), (3, 5, 5), 0),
    "pixel shuffle": Case(lambda: nn.Sequential(nn.Conv2d(3, 4, 1), nn.PixelShuffle(2)), (3, 5, 5), 300),
    # Convolutions
    "transposed, grouped, dilated, padded": Case(
        lambda: nn.ConvTranspose1d(4, 6, 3, stride=2, output_padding=1, groups=2, dilation=2), (4, 7), 7 * 4 * 3 * 3
    ),
    "transposed in groups": Case(
        lambda: nn.ConvTranspose2d(4, 8, 3, stride=2, padding=1, output_padding=1, groups=4), (4, 5, 5), 25 * 4 * 2 * 9
    ),
    "transposed of volumes": Case(lambda: nn.ConvTranspose3d(2, 3, 2, stride=2), (2, 3, 3, 3), 27 * 48),
    "grouped and dilated": Case(
        lambda: nn.Conv1d(6, 12, 3, groups=3, dilation=3, padding="same"), (6, 11), 11 * 12 * 2 * 3
    ),
    "depthwise of volumes": Case(lambda: nn.Conv3d(4, 8, 3, groups=4, padding=1), (4, 4, 4, 4), 64 * 8 * 27),
    "convolution without a batch": Case(lambda: nn.Conv2d(3, 4, 3), [(3, 5, 5)], 972),
    "kernel, stride and padding of two": Case(
        lambda: nn.Conv2d(3, 4, (1, 5), stride=(2, 1), padding=(0, 2)), (3, 6, 6), 3 * 4 * 5 * 3 * 6
    ),
    "tied convolution": Case(
        does(lambda self, x: F.conv_transpose2d(self.a(x), self.a.weight), a=nn.Conv2d(3, 4, 3)), (3, 5, 5), 972 * 2
    ),
    "complex convolution": Case(  # by three real ones
        lambda: nn.Conv2d(3, 4, 3, dtype=torch.complex64), [((1, 3, 5, 5), "complex64")], 3 * 972
    ),
    "unfolded": Case(does(lambda self, x: self.a(F.unfold(x, 3).mT), a=nn.Linear(27, 4)), (3, 5, 5), 972),
    # Recurrence
    "lstm": Case(lambda: nn.LSTM(4, 8, batch_first=True), (5, 4), 5 * (128 + 256)),
    "lstm of two layers, both ways": Case(
        lambda: nn.LSTM(4, 8, 2, batch_first=True, bidirectional=True),
        (5, 4),
        2 * 5 * (128 + 256) + 2 * 5 * (512 + 256),
    ),
    "lstm projected": Case(lambda: nn.LSTM(4, 8, batch_first=True, proj_size=3), (5, 4), 5 * (128 + 96 + 24)),
    "gru": Case(lambda: nn.GRU(4, 8, batch_first=True), (5, 4), 5 * (96 + 192)),
    "rnn": Case(lambda: nn.RNN(4, 8, batch_first=True), (5, 4), 5 * (32 + 64)),
    "lstm cell": Case(lambda: nn.LSTMCell(4, 8), (4,), 128 + 256),
    "gru cell": Case(lambda: nn.GRUCell(4, 8), (4,), 96 + 192),
    "gru in steps": Case(lambda: nn.GRU(4, 8), [(5, 1, 4)], 5 * (96 + 192)),
    # Recurrence
    "both ways, packed unevenly": Case(
        does(packed, a=nn.LSTM(4, 8, batch_first=True, bidirectional=True)), [(2, 5, 4)], 2 * 8 * 384
    ),
    "two layers both ways, projected": Case(
        lambda: nn.LSTM(4, 8, 2, proj_size=3, bidirectional=True, batch_first=True),
        (5, 4),
        10 * (128 + 96 + 24) + 10 * (192 + 96 + 24),
    ),
    "without a batch": Case(lambda: nn.LSTM(4, 8), [(5, 4)], 5 * 384),
    "with a state": Case(
        does(lambda self, x, h, c: self.a(x, (h, c)), a=nn.LSTM(4, 8)), [(5, 1, 4), (1, 1, 8), (1, 1, 8)], 5 * 384
    ),
    "quantizable": Case(lambda: torch.ao.nn.quantizable.LSTM(4, 8, batch_first=True), (5, 4), 5 * 384),
    "lstm of bfloat16": Case(lambda: nn.LSTM(4, 8, batch_first=True).bfloat16(), (5, 4), 5 * 384),
    # Products
    "einsum of three": Case(
        does(lambda self, a, b, c: torch.einsum("ij,jk,kl->il", a, b, c)), [(3, 4), (4, 5), (5, 6)], 60 + 90
    ),
    "einsum with dots": Case(
        does(lambda self, a, b: torch.einsum("...ij,...jk->...ik", a, b)), [(2, 3, 4, 5), (2, 3, 5, 6)], 720
    ),
    "a chain of matrices": Case(
        does(lambda self, a, b, c: torch.linalg.multi_dot([a, b, c])), [(3, 4), (4, 5), (5, 6)], 150
    ),
    "into what is there": Case(
        does(lambda self, a, b: torch.mm(a, b, out=torch.empty(3, 5, device=a.device))), [(3, 4), (4, 5)], 60
    ),
    "into what is on the CPU": Case(
        does(lambda self, a, b: torch.mm(a, b, out=torch.empty(3, 5))), [(3, 4), (4, 5)], 60
    ),
    "covariance": Case(does(lambda self, a: torch.cov(a)), [(3, 10)], 90, real=True),
    "power of matrices": Case(does(lambda self, a: torch.linalg.matrix_power(a, 3)), [(2, 4, 4)], 256),
    "one vector": Case(linear, [(4,)], 16),
    # Parametrizations
    "weight norm of a convolution": Case(lambda: parametrizations.weight_norm(nn.Conv2d(3, 4, 3)), (3, 5, 5), 972),
    "spectral norm": Case(lambda: parametrizations.spectral_norm(linear()), (4,), 16, "aten.mv"),
    "orthogonal": Case(
        lambda: parametrizations.orthogonal(linear(), orthogonal_map="matrix_exp"), (4,), 80, "matrix_exp"
    ),
    "low rank beside": Case(low_rank, (4,), 16 + 32),
}
