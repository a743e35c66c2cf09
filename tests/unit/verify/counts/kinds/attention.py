"""Attention, and models of attention."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from tests.unit.verify.counts.kinds.case import Case, T, does


def flex(self: Any, q: T, k: T, v: T) -> Any:
    from torch.nn.attention.flex_attention import flex_attention

    return flex_attention(q, k, v)


Q, K = (1, 2, 8, 4), (1, 2, 6, 4)


ENCODER = 5 * 8 * 24 + 5 * 64 + 2 * 5 * 5 * 8 + 5 * 256


DECODER = 5 * 8 * 24 + 5 * 64 + 2 * 5 * 5 * 8 + 5 * 64 + 3 * 128 + 2 * 5 * 3 * 8 + 5 * 64 + 5 * 256


def mha(**options: Any) -> Callable[[], nn.Module]:
    return lambda: nn.MultiheadAttention(8, 2, batch_first=True, **options)


def flash(self: Any, q: T, k: T, v: T) -> T:
    with sdpa_kernel(SDPBackend.FLASH_ATTENTION):
        return F.scaled_dot_product_attention(q, k, v)


def flash_of_values(self: Any, q: T, k: T, v: T) -> T:
    return flash(self, q, k, v) if q.sum().item() < 1e9 else q


def blocks(self: Any, q: T, k: T, v: T) -> Any:
    from torch.nn.attention.flex_attention import create_block_mask, flex_attention

    mask = create_block_mask(lambda b, h, i, j: i >= j, None, None, 8, 8, device=q.device)
    return flex_attention(q, k, v, block_mask=mask, score_mod=lambda score, b, h, i, j: score + i - j)


class Gathered(nn.Module):
    """A mixture that gathers the matrices of each token's two experts."""

    def __init__(self) -> None:
        super().__init__()
        self.gate, self.w = nn.Linear(8, 4), nn.Parameter(torch.randn(4, 8, 8))

    def forward(self, x: T) -> T:
        weights, chosen = self.gate(x).softmax(-1).topk(2, -1)
        return torch.einsum("nk,nkd->nd", weights, torch.einsum("nd,nkde->nke", x, self.w[chosen]))


class Sorted(nn.Module):
    """A mixture that sorts the tokens by their expert."""

    def __init__(self) -> None:
        super().__init__()
        self.gate, self.experts = nn.Linear(8, 4), nn.ModuleList(nn.Linear(8, 8) for _ in range(4))

    def forward(self, x: T) -> T:
        chosen, out = self.gate(x).argmax(-1), torch.zeros_like(x)
        parts = chosen.argsort().split(torch.bincount(chosen, minlength=4).tolist())
        for expert, rows in zip(self.experts, parts, strict=True):
            out.index_add_(0, rows, expert(x[rows]))
        return out


class Selective(nn.Module):
    """A selective state space, one step after the other."""

    def __init__(self) -> None:
        super().__init__()
        self.into, self.x = nn.Linear(4, 8, bias=False), nn.Linear(8, 8, bias=False)
        self.dt, self.out = nn.Linear(2, 8), nn.Linear(8, 4)
        self.conv = nn.Conv1d(8, 8, 4, groups=8, padding=3)
        self.a = nn.Parameter(torch.randn(8, 3))

    def forward(self, u: T) -> T:
        x = self.conv(self.into(u).mT)[..., : u.shape[1]].mT
        step, b, c = self.x(x).split([2, 3, 3], -1)
        step = F.softplus(self.dt(step)).unsqueeze(-1)
        state, ys = torch.zeros(len(u), 8, 3, device=u.device), []
        for t in range(u.shape[1]):
            state = torch.exp(-step[:, t] * self.a.exp()) * state + step[:, t] * b[:, t].unsqueeze(1)
            ys.append(torch.einsum("bdn,bn->bd", state, c[:, t]))
        return self.out(torch.stack(ys, 1))


SELF = 5 * 8 * 24 + 5 * 64 + 2 * 5 * 5 * 8


KINDS: dict[str, Case] = {
    # Attention
    "multi-head attention": Case(
        lambda: nn.MultiheadAttention(8, 2, batch_first=True), [(1, 5, 8)] * 3, 5 * 8 * 24 + 5 * 64 + 2 * 5 * 5 * 8
    ),
    "encoder layer": Case(lambda: nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), (5, 8), ENCODER),
    "encoder": Case(
        lambda: nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), 2), (5, 8), 2 * ENCODER
    ),
    "decoder layer": Case(
        lambda: nn.TransformerDecoderLayer(8, 2, 16, batch_first=True), [(1, 5, 8), (1, 3, 8)], DECODER
    ),
    "fused attention": Case(does(lambda self, q, k, v: F.scaled_dot_product_attention(q, k, v)), [Q, K, K], 768),
    "causal attention": Case(
        does(lambda self, q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True)), [Q] * 3, 1024
    ),
    "grouped queries": Case(
        does(lambda self, q, k, v: F.scaled_dot_product_attention(q, k, v, enable_gqa=True)),
        [(1, 4, 8, 4), (1, 2, 6, 4), (1, 2, 6, 4)],
        1536,
    ),
    "attention by hand": Case(does(lambda self, q, k, v: (q @ k.mT).softmax(-1) @ v), [Q, K, K], 768),
    "flexible attention": Case(does(flex), [Q] * 3, 1024, real=True),
    # Attention
    "other widths of keys and values": Case(
        mha(kdim=6, vdim=4), [(1, 5, 8), (1, 3, 6), (1, 3, 4)], 5 * 64 + 3 * 6 * 8 + 3 * 4 * 8 + 2 * 5 * 3 * 8 + 5 * 64
    ),
    "learnt key": Case(mha(add_bias_kv=True), [(1, 5, 8)] * 3, SELF + 2 * 5 * 8),
    "key of zeros": Case(mha(add_zero_attn=True), [(1, 5, 8)] * 3, SELF + 2 * 5 * 8),
    "attention without a batch": Case(
        does(lambda self, x: self.a(x, x, x), a=nn.MultiheadAttention(8, 2)), [(5, 8)], SELF, "cannot count it"
    ),
    "padded keys": Case(
        does(lambda self, x, m: self.a(x, x, x, key_padding_mask=m, need_weights=False), a=mha()()),
        {"x": "1x5x8", "m": "1x5:bool"},
        SELF,
    ),
    "fused where the model says so": Case(does(flash), [Q, K, K], 768),
    "the same with values": Case(does(flash_of_values), [Q, K, K], 768, real=True),
    "values of another width": Case(
        does(lambda self, q, k, v: F.scaled_dot_product_attention(q, k, v)),
        [(2, 8, 4), (2, 6, 4), (2, 6, 5)],
        2 * 8 * 6 * 9,
    ),
    "blocks and scores": Case(does(blocks), [Q] * 3, 1024, real=True),
    # Mixtures and states
    "gathered experts": Case(Gathered, [(6, 8)], 6 * 32 + 6 * 2 * 64 + 6 * 2 * 8),
    "sorted experts": Case(Sorted, [(6, 8)], 6 * 32 + 6 * 64, real=True),
    "selective states": Case(Selective, [(1, 6, 4)], 6 * (32 + 64 + 16 + 24 + 32) + 9 * 8 * 4),
}
