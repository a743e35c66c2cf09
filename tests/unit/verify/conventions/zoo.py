"""Small models of every kind of architecture, to compare our counts with the tools' own on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from registry.verify.torchvision_ops import import_torchvision


class Attention(nn.Module):
    """Self-attention: written by hand, by einsum, fused in several ways, or by adding a bias (baddbmm)."""

    def __init__(self, how: str, width: int = 48, heads: int = 3) -> None:
        super().__init__()
        self.how, self.heads = how, heads
        self.norm = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width, bias=False)
        self.bias = nn.Parameter(torch.zeros(heads, 16, 16))

    def forward(self, x):
        b, n, c = x.shape
        qkv = self.qkv(self.norm(x)).reshape(b, n, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        q, k, v = qkv.unbind(0)
        if self.how == "fused":
            y = F.scaled_dot_product_attention(q, k, v)
        elif self.how == "biased":
            y = F.scaled_dot_product_attention(q, k, v, attn_mask=self.bias)
        elif self.how == "five-dimensional":
            y = F.scaled_dot_product_attention(q[:, None], k[:, None], v[:, None])[:, 0]
        elif self.how == "einsum":
            weights = torch.einsum("bhqd,bhkd->bhqk", q, k).softmax(dim=-1)
            y = torch.einsum("bhqk,bhkd->bhqd", weights, v)
        elif self.how == "baddbmm":
            flat = [part.reshape(b * self.heads, n, -1) for part in (q, k, v)]
            weights = torch.baddbmm(self.bias.repeat(b, 1, 1), flat[0], flat[1].transpose(1, 2))
            y = torch.bmm(F.softmax(weights, dim=-1), flat[2]).reshape(b, self.heads, n, -1)
        else:
            weights = torch.mul(q @ k.transpose(-2, -1), 0.25)
            y = torch.matmul(F.softmax(torch.add(weights, self.bias), dim=-1), v)
        return x + self.proj(y.transpose(1, 2).reshape(b, n, c))


class TinyViT(nn.Module):
    def __init__(self, how: str) -> None:
        super().__init__()
        self.patch = nn.Conv2d(3, 48, 8, stride=8)
        self.position = nn.Parameter(torch.zeros(1, 16, 48))
        self.blocks = nn.Sequential(Attention(how), Attention(how))
        self.mlp = nn.Sequential(nn.Linear(48, 96), nn.GELU(), nn.Dropout(0.1), nn.Linear(96, 48))
        self.head = nn.Linear(48, 10)

    def forward(self, x):
        x = self.patch(x).flatten(2).transpose(1, 2) + self.position
        return self.head(self.mlp(self.blocks(x)).mean(1))


class Decoder(nn.Module):
    """Transposed, grouped and dilated convolutions, and every way to upsample."""

    def __init__(self) -> None:
        super().__init__()
        self.down = nn.Conv2d(3, 8, 3, stride=2, padding=1, padding_mode="reflect")
        self.grouped = nn.Conv2d(8, 12, 3, padding=2, dilation=2, groups=4, bias=False)
        self.up = nn.ConvTranspose2d(12, 8, 3, stride=2, padding=1, output_padding=1, groups=4)
        self.up2 = nn.ConvTranspose2d(8, 6, 2, stride=2, bias=False)
        self.nearest = nn.Upsample(scale_factor=2)
        self.bilinear = nn.Upsample(scale_factor=2.0, mode="bilinear", align_corners=False)
        self.bicubic = nn.Upsample(size=(48, 40), mode="bicubic")
        self.old = nn.UpsamplingBilinear2d(scale_factor=2)

    def forward(self, x):
        x = self.up2(self.up(F.leaky_relu(self.grouped(self.down(x)))))
        x = self.bicubic(self.bilinear(self.nearest(x)))
        x = F.interpolate(x, size=(20, 24), mode="bilinear") * 2
        grid = torch.zeros(x.shape[0], 9, 9, 2, device=x.device)
        return F.grid_sample(self.old(F.interpolate(x, scale_factor=0.5)), grid, align_corners=False)


class Recurrent(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(10, 12, num_layers=2, bidirectional=True, batch_first=True)
        self.gru = nn.GRU(24, 8, num_layers=2, bias=False)
        self.rnn = nn.RNN(8, 6, bidirectional=True)
        self.cell = nn.LSTMCell(12, 5)
        self.gates = nn.GRUCell(5, 7)
        self.plain = nn.RNNCell(7, 4)

    def forward(self, x):
        x = self.rnn(self.gru(self.lstm(x)[0])[0])[0][:, -1]
        return self.plain(self.gates(self.cell(x)[0]))


class Odds(nn.Module):
    """One, two and three dimensions, all norms, pools and activations."""

    def __init__(self) -> None:
        super().__init__()
        self.d1 = nn.Sequential(
            nn.Conv1d(4, 8, 3, padding="same"), nn.BatchNorm1d(8), nn.PReLU(), nn.AvgPool1d(2), nn.InstanceNorm1d(8)
        )
        self.d2 = nn.Sequential(
            nn.Conv2d(8, 8, 4, padding="same", dilation=1),
            nn.GroupNorm(2, 8),
            nn.LeakyReLU(inplace=True),
            nn.AvgPool2d(3, stride=2, padding=1, count_include_pad=False),
            nn.InstanceNorm2d(8, affine=True),
            nn.SiLU(),
            nn.ReLU6(),
            nn.ELU(),
            nn.Hardswish(),
            nn.AdaptiveMaxPool2d(5),
            nn.LocalResponseNorm(3),
            nn.ZeroPad2d(1),
        )
        self.d3 = nn.Sequential(
            nn.Conv3d(2, 4, 3, bias=False),
            nn.BatchNorm3d(4, affine=False),
            nn.MaxPool3d(2),
            nn.ConvTranspose3d(4, 4, 2),
            nn.AdaptiveAvgPool3d((1, 3, 2)),
        )
        self.softmax = nn.Softmax(dim=1)
        self.log = nn.LogSoftmax(dim=-1)
        self.linear = nn.Linear(24, 6)
        self.norm = nn.BatchNorm1d(6, track_running_stats=False)
        self.bilinear = nn.Bilinear(6, 6, 3)
        self.embedding = nn.Embedding(4, 3)

    def forward(self, x):
        x = self.d1(x)
        x = self.d2(x.reshape(-1, 8, 12, 12))
        x = F.adaptive_avg_pool2d(x, (12, 14)).reshape(-1, 2, 7, 12, 8)
        x = self.softmax(self.d3(x)).flatten(1)
        x = self.norm(F.relu(self.linear(x)).mul(2).add(1))
        x = self.bilinear(x, torch.sigmoid(x))
        x = torch.addmm(self.linear.bias[:3], x, self.linear.weight[:3, :3])
        return self.log(F.normalize(x) + self.embedding.weight[0]).matmul(self.linear.weight[0, :3])


class Encoder(nn.Module):
    """torch's own transformer, whose fast path in evaluation would hide what it computes."""

    def __init__(self) -> None:
        super().__init__()
        layer = nn.TransformerEncoderLayer(32, 4, 64, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2)
        self.attention = nn.MultiheadAttention(32, 4, kdim=32, vdim=32, add_zero_attn=True, bias=False)
        self.masked = nn.MultiheadAttention(32, 2, batch_first=True)

    def forward(self, x):
        x = self.encoder(x)
        y = self.attention(x, x, x, need_weights=False)[0]
        mask = torch.zeros(x.shape[1], x.shape[1], device=x.device)
        y, weights = self.masked(y, x, x, attn_mask=mask)
        return y * weights.sum()


class Shared(nn.Module):
    """One layer at two places, called three times; a subclass of a layer; a parameter of its own."""

    class Own(nn.Conv2d):
        pass

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Sequential(nn.Conv2d(4, 4, 3, padding=1), nn.BatchNorm2d(4))
        self.second = nn.ModuleDict({"again": self.first[0], "own": Shared.Own(4, 4, 1)})
        self.tokens = nn.Parameter(torch.zeros(1, 4, 1, 1))

    def forward(self, x):
        x = self.first(self.second["own"](x) + self.tokens)
        return self.first[0](self.second["again"](x))


def _torchvision(name: str, **options: Any) -> Callable[[], nn.Module]:
    return lambda: getattr(import_torchvision().models, name)(weights=None, **options)


def _vit() -> nn.Module:
    cls = import_torchvision().models.VisionTransformer
    return cls(image_size=64, patch_size=16, num_layers=2, num_heads=4, hidden_dim=64, mlp_dim=128, num_classes=10)


def _swin() -> nn.Module:
    cls = import_torchvision().models.SwinTransformer
    return cls(patch_size=[4, 4], embed_dim=24, depths=[2, 2], num_heads=[2, 4], window_size=[4, 4], num_classes=10)


def _convnext() -> nn.Module:
    models = import_torchvision().models
    setting = models.convnext.CNBlockConfig
    return models.ConvNeXt([setting(16, 32, 2), setting(32, None, 2)], num_classes=10)


Case = tuple[Callable[[], nn.Module], tuple[int, ...]]

ZOO: dict[str, Case] = {
    "alexnet": (_torchvision("alexnet"), (1, 3, 224, 224)),
    "resnet18": (_torchvision("resnet18"), (1, 3, 96, 96)),
    "vgg11-bn": (_torchvision("vgg11_bn"), (1, 3, 64, 64)),
    "mobilenet-v2": (_torchvision("mobilenet_v2"), (2, 3, 64, 64)),
    "mobilenet-v3-small": (_torchvision("mobilenet_v3_small"), (1, 3, 80, 64)),
    "efficientnet-b0": (_torchvision("efficientnet_b0"), (1, 3, 64, 64)),
    "shufflenet-v2": (_torchvision("shufflenet_v2_x0_5"), (1, 3, 64, 64)),
    "googlenet": (_torchvision("googlenet", aux_logits=False, init_weights=False), (1, 3, 64, 64)),
    "densenet121": (_torchvision("densenet121"), (1, 3, 64, 64)),
    "regnet-y-400mf": (_torchvision("regnet_y_400mf"), (1, 3, 64, 64)),
    "vit": (_vit, (1, 3, 64, 64)),
    "swin": (_swin, (1, 3, 64, 64)),
    "convnext": (_convnext, (1, 3, 64, 64)),
    "attention-by-hand": (lambda: TinyViT("hand"), (2, 3, 32, 32)),
    "attention-by-einsum": (lambda: TinyViT("einsum"), (1, 3, 32, 32)),
    "attention-by-baddbmm": (lambda: TinyViT("baddbmm"), (1, 3, 32, 32)),
    "attention-fused": (lambda: TinyViT("fused"), (1, 3, 32, 32)),
    "attention-with-learned-bias": (lambda: TinyViT("biased"), (1, 3, 32, 32)),
    "attention-of-five-dimensions": (lambda: TinyViT("five-dimensional"), (1, 3, 32, 32)),
    "transformer-encoder": (Encoder, (2, 9, 32)),
    "decoder": (Decoder, (1, 3, 20, 28)),
    "recurrent": (Recurrent, (3, 7, 10)),
    "odds": (Odds, (4, 4, 144)),
    "shared": (Shared, (1, 4, 12, 12)),
}
"""By name, the model's factory and its input's shape: small enough to run every tool on."""

LARGE: dict[str, Case] = {
    name: (_torchvision(name), (1, 3, size, size))
    for name, size in (("resnet50", 224), ("vgg16_bn", 224), ("inception_v3", 299), ("vit_b_16", 224), ("swin_t", 224))
}
"""Compared with recorded figures only."""
