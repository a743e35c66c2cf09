"""Small networks that call everything that a convention has a formula for: what the golden traces are traces of.

`python -m registry.verify.golden` writes the traces anew, which makes all evidence of counts stale. A test says when
that is due: what a trace records has changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional

from registry.verify.arguments import Arguments, TensorSpec
from registry.verify.golden.golden_counts import Golden
from registry.verify.parameters import ledger
from registry.verify.trace import build, trace


class _OwnConvolution(nn.Conv2d):
    """Some tools look at a module's exact type only."""


class _OwnNorm(nn.BatchNorm2d):
    """The same."""


class _OwnLinear(nn.Linear):
    """The same."""


class Pictures(nn.Module):
    """A network of convolutions: with and without bias, grouped, transposed, padded by a word; norms, pools, sizes."""

    mean: Tensor
    variance: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, 8, 3, stride=2, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2)
        )
        self.grouped = nn.Sequential(
            nn.Conv2d(8, 8, 3, padding="same", groups=4, bias=False), nn.GroupNorm(2, 8), nn.GELU()
        )
        self.own = nn.Sequential(_OwnConvolution(8, 8, 1), _OwnNorm(8), nn.PReLU())
        self.plain = nn.Sequential(
            nn.BatchNorm2d(8, affine=False), nn.InstanceNorm2d(8, affine=True), nn.InstanceNorm2d(8)
        )
        self.up = nn.ConvTranspose2d(8, 6, 2, stride=2)
        self.resize = nn.ModuleList([nn.Upsample(scale_factor=2), nn.Upsample(scale_factor=2, mode="bilinear")])
        self.pools = nn.Sequential(
            nn.AvgPool2d(2), nn.LeakyReLU(), nn.SiLU(), nn.ReLU6(), nn.Sigmoid(), nn.Softmax(dim=1)
        )
        self.aux_head = nn.Linear(6, 4)
        self.pool = nn.AdaptiveAvgPool2d(3)
        self.largest = nn.AdaptiveMaxPool2d(3)
        self.head = nn.Linear(6 * 9, 10)
        self.register_buffer("mean", torch.zeros(6))
        self.register_buffer("variance", torch.ones(6))

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, 32, 32) to (N, 10)."""
        x = self.stem(x)
        x = x + self.plain(self.own(self.grouped(x)))
        x = self.up(x)
        for resize in self.resize:
            x = resize(x)
        x = self.pools(x)
        x = functional.relu(x) * torch.sigmoid(functional.avg_pool2d(x, 3, 1, 1))
        x = functional.interpolate(x, scale_factor=0.5, mode="nearest")
        x = functional.interpolate(functional.interpolate(x, size=(20, 20), mode="bicubic"), size=16, mode="bilinear")
        x = functional.instance_norm(functional.batch_norm(x, self.mean, self.variance))
        x = functional.group_norm(functional.avg_pool2d(x, (2, 1), (1, 1), (1, 0)), 3)
        x = functional.adaptive_avg_pool2d(functional.leaky_relu(torch.mul(x, self.mean[:, None, None])), (8, None))
        x = self.pool(x) + self.largest(x) + functional.adaptive_avg_pool2d(x, 3)
        beside = self.aux_head(x.mean((2, 3))).sum()
        output: Tensor = self.head(x.mean(dim=1, keepdim=True).expand_as(x).flatten(1)) + beside
        return output


class Attention(nn.Module):
    """A transformer's parts: attention in its forms, norms, products of tensors, embeddings."""

    def __init__(self) -> None:
        super().__init__()
        self.patches = nn.Conv1d(4, 16, 2, stride=2)
        self.classes = nn.Parameter(torch.zeros(1, 1, 16))
        self.norm = nn.LayerNorm(16)
        self.root = nn.RMSNorm(16)
        self.attention = nn.MultiheadAttention(16, 2, batch_first=True)
        self.qkv = nn.Linear(16, 48)
        self.mlp = nn.Sequential(nn.Linear(16, 32), nn.GELU(), nn.Dropout(0.1), _OwnLinear(32, 16, bias=False))
        self.square = nn.Parameter(torch.zeros(16, 16))
        self.block = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
        self.fc_norm = nn.LayerNorm(16, elementwise_affine=False)
        self.classifier = _OwnLinear(16, 5)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 4, 16) to (N, 5)."""
        x = self.patches(x).transpose(1, 2)
        x = torch.cat([self.classes.expand(len(x), -1, -1), x], dim=1)
        x = x + self.attention(self.norm(x), self.norm(x), self.norm(x), need_weights=False)[0]
        q, k, v = self.qkv(self.root(x)).chunk(3, dim=-1)
        x = x + functional.scaled_dot_product_attention(q, k, v)
        weights = (q @ k.transpose(-2, -1)).softmax(dim=-1)
        x = x + torch.einsum("nqk,nkc->nqc", weights, v) + torch.bmm(weights, v) + torch.baddbmm(x, weights, v)
        x = x + self.mlp(x)
        x = x + self.attention(self.root(x), x, x)[0]
        x = functional.layer_norm(x, (16,)) * torch.matmul(self.classes[0, 0], self.square)
        x = x + torch.matmul(x, self.classes[0, 0])[..., None] + torch.dot(self.classes[0, 0], x[0, 0])
        x = self.fc_norm(self.block(x))
        x = functional.linear(x, self.classifier.weight.t() @ self.classifier.weight)
        output: Tensor = self.classifier(x[:, 0])
        return output


class Sequences(nn.Module):
    """Recurrence, embeddings and volumes."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(11, 6)
        self.lstm = nn.LSTM(6, 5, bidirectional=True, batch_first=True)
        self.gru = nn.GRU(10, 4, num_layers=2, batch_first=True)
        self.rnn = nn.RNN(4, 4, batch_first=True)
        self.cell = nn.LSTMCell(4, 3)
        self.volume = nn.Sequential(nn.Conv3d(1, 2, 2), nn.BatchNorm3d(2), nn.AvgPool3d(2))
        self.bilinear = nn.Bilinear(3, 3, 2)

    def forward(self, words: Tensor) -> Tensor:
        """(N, 9) whole numbers to (N, 2)."""
        x = self.rnn(self.gru(self.lstm(self.embedding(words))[0])[0])[0]
        hidden, _ = self.cell(x[:, -1])
        blocks = self.volume(x[:, None, :8, :, None].expand(-1, 1, 8, 4, 4))
        state: Tensor = self.bilinear(hidden, hidden) + torch.addmm(
            blocks.flatten(1)[:, :2], hidden, hidden.t() @ hidden[:, :2]
        )
        return state


class Gradients(nn.Module):
    """What runs on GPUs and in training, called by its own names: fused attention, and the gradients of operators."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(6, 4, 3, 3))

    def forward(self, x: Tensor) -> Tensor:
        """(N, 4, 8, 8) to (N, 4, 8, 8)."""
        aten = torch.ops.aten
        features = functional.conv2d(x, self.weight, padding=1)
        sides = ([0], [1, 1], [1, 1], [1, 1])
        for mask in ([True, True, False], [True, False, False], [False, True, False]):
            aten.convolution_backward(features, x, self.weight, *sides, False, [0, 0], 1, mask)
        aten.convolution_backward(x, features, self.weight, *sides, True, [0, 0], 1, [True, True, False])
        rows = x.reshape(len(x), 2, -1, 16)
        out, sums, *seeds = aten._scaled_dot_product_efficient_attention(rows, rows, rows, None, True)
        gradients = [True, True, True, False]
        aten._scaled_dot_product_efficient_attention_backward(
            out, rows, rows, rows, None, out, sums, *seeds, 0.0, gradients
        )
        return x


NETWORKS: Mapping[str, tuple[Callable[[], nn.Module], Arguments]] = {
    "pictures": (Pictures, Arguments(positional=(TensorSpec((2, 3, 32, 32)),))),
    "attention": (Attention, Arguments(positional=(TensorSpec((1, 4, 16)),))),
    "gradients": (Gradients, Arguments(positional=(TensorSpec((2, 4, 8, 8)),))),
    "sequences": (Sequences, Arguments(positional=(TensorSpec((2, 9), "int64"),))),
}
"""By name, what makes each network and what it is called with."""


def golden() -> Mapping[str, Golden]:
    """What a trace and the parameters of each network are today."""
    entries = {}
    for name, (make, arguments) in NETWORKS.items():
        model = build(make)
        entries[name] = Golden(trace=trace(model, arguments=arguments), parameters=ledger(model))
    return entries
