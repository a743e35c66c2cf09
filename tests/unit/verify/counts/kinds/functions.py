"""Functions, structure, and what compiles or transforms functions."""

from __future__ import annotations

import copy
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils import checkpoint, mkldnn

from tests.unit.verify.counts.kinds.case import Case, T, Weight, does, linear


class Inference(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer = linear()

    @torch.inference_mode()
    def forward(self, x: T) -> T:
        return torch.matmul(self.layer(x), x.transpose(-1, -2))


class Plain(nn.Module):
    """Keeps a tensor as a plain attribute."""

    def __init__(self) -> None:
        super().__init__()
        self.table = torch.randn(4, 5)

    def forward(self, x: T) -> T:
        return x @ self.table


class Normed(nn.Module):
    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.layers = nn.ModuleList(layers)

    def forward(self, x: T) -> T:
        for layer in self.layers:
            x = x + layer(x)
        return x


def tied() -> nn.Module:
    words, out = nn.Embedding(10, 4), nn.Linear(4, 10, bias=False)
    out.weight = words.weight
    return nn.Sequential(words, out)


def shared() -> nn.Module:
    layer = linear()
    return nn.Sequential(layer, nn.ReLU(), layer)


def fresh(self: Any, x: T) -> T:
    return linear().to(x.device)(x)


def decode(self: Any, x: T, steps: int = 3) -> T:
    for _ in range(steps):
        x = self.a(x)
    return x


def gradient(self: Any, x: T) -> T:
    with torch.enable_grad():
        y = x.detach().clone().requires_grad_()
        return torch.autograd.grad(self.b(torch.tanh(self.a(y))).sum(), y)[0]


class Compiled(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = torch.compile(linear()), linear()

    @torch.compile
    def forward(self, x: T) -> T:
        return self.b(self.a(x))


class Rounds(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.a = linear()

    def forward(self, x: T, n: int = 3) -> T:
        for i in range(n):
            if i % 2 == 0:
                x = self.a(x)
        return x


class Ensemble(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.members = nn.ModuleList(linear() for _ in range(3))

    def forward(self, x: T) -> T:
        stacked = torch.func.stack_module_state(list(self.members))
        base = copy.deepcopy(self.members[0]).to("meta")
        return torch.vmap(lambda p, b: torch.func.functional_call(base, (p, b), (x,)))(*stacked)


class Product(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: T, w: T) -> T:
        ctx.save_for_backward(x, w)
        return x @ w.mT


def optimised() -> nn.Module:
    return torch.jit.optimize_for_inference(torch.jit.script(nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU()).eval()))


def of_onednn() -> nn.Module:
    return mkldnn.to_mkldnn(nn.Sequential(nn.Conv2d(3, 4, 3)).eval())


KINDS: dict[str, Case] = {
    # Functions
    "matmul": Case(does(lambda self, a, b: a @ b), [(3, 4), (4, 5)], 60),
    "matmul broadcast": Case(does(lambda self, a, b: a @ b), [(2, 3, 4), (4, 5)], 120),
    "einsum": Case(does(lambda self, a, b: torch.einsum("bij,bjk->bik", a, b)), [(2, 3, 4), (2, 4, 5)], 120),
    "addmm": Case(does(lambda self, a, b, c: torch.addmm(a, b, c)), [(5,), (3, 4), (4, 5)], 60),
    "baddbmm": Case(does(lambda self, a, b, c: torch.baddbmm(a, b, c)), [(2, 3, 5), (2, 3, 4), (2, 4, 5)], 120),
    "tensordot": Case(does(lambda self, a, b: torch.tensordot(a, b, 1)), [(3, 4), (4, 5)], 60),
    "functional linear": Case(lambda: Weight(F.linear, 6, 4), (4,), 24),
    "functional convolution": Case(lambda: Weight(F.conv2d, 4, 3, 3, 3), (3, 5, 5), 972),
    "a table that is no parameter": Case(Plain, (4,), 20),
    "product with a vector": Case(lambda: Weight(lambda x, w: w.mv(x[0]), 4, 4), (4,), 0, says="aten.mv"),
    "scalar product": Case(does(lambda self, a, b: torch.dot(a, b)), [(4,), (4,)], 0, says="aten.dot"),
    "addmv": Case(lambda: Weight(lambda x, w: torch.addmv(x[0], w, x[0]), 4, 4), (4,), 0, says="aten.addmv"),
    "conv_tbc": Case(
        lambda: Weight(lambda x, w: torch.conv_tbc(x, w, torch.zeros(5, device=x.device)), 3, 4, 5),
        [(7, 1, 4)],
        0,
        says="aten.conv_tbc",
    ),
    "bilinear": Case(lambda: nn.Bilinear(4, 5, 6), [(2, 4), (2, 5)], 0, says="_trilinear"),
    "elementwise with a matrix": Case(lambda: Weight(lambda x, w: (x * w).sum(-1), 4, 4), (4,), 0, says="MACs are 0"),
    # Structure
    "a chain": Case(lambda: nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(36, 2)), (3, 5, 5), 972 + 72),
    "residuals": Case(lambda: Normed(linear(), linear()), (4,), 32),
    "one layer twice": Case(shared, (4,), 32),
    "tied words": Case(tied, [((1, 7), "int64")], 280),
    "a layer that nothing calls": Case(does(lambda self, x: self.a(x), a=linear(), b=linear()), (4,), 16),
    "a layer made while running": Case(does(fresh), (4,), 16),
    "a loop": Case(does(decode, a=linear()), (4,), 48),
    "a loop of more rounds": Case(does(decode, a=linear()), (4,), 112, arguments={"steps": 7}),
    "dropout": Case(lambda: nn.Sequential(nn.Dropout(), linear()), (4,), 16),
    "checkpointing": Case(
        does(lambda self, x: torch.utils.checkpoint.checkpoint(self.a, x, use_reentrant=False), a=linear()), (4,), 16
    ),
    "inference mode": Case(Inference, (3, 4), 48 + 36),
    "no_grad and detach": Case(does(lambda self, x: self.a(x.detach()).clone(), a=linear()), (4,), 16),
    "scripted": Case(lambda: torch.jit.script(nn.Sequential(linear(), nn.ReLU())), (4,), 16),
    "traced": Case(lambda: torch.jit.trace(nn.Sequential(nn.Conv2d(3, 4, 3)), torch.zeros(1, 3, 5, 5)), (3, 5, 5), 972),
    "compiled": Case(lambda: torch.compile(linear()), (4,), 16),
    "data parallel": Case(lambda: nn.DataParallel(linear()), (4,), 16),
    "hooks": Case(does(lambda self, x: self.a(x), a=linear()), (4,), 16),
    # Compilers
    "compiled in and out": Case(Compiled, (4,), 32),
    "rounds in a script": Case(lambda: torch.jit.script(Rounds()), (4,), 32),
    "frozen": Case(
        lambda: torch.jit.freeze(torch.jit.script(nn.Sequential(nn.Conv2d(3, 4, 3)).eval())), (3, 5, 5), 972
    ),
    "optimised": Case(optimised, (3, 5, 5), 0, "aten.to_mkldnn", real=True),
    "of oneDNN": Case(of_onednn, (3, 5, 5), None, "cannot be copied"),
    "symbolically traced": Case(lambda: torch.fx.symbolic_trace(nn.Sequential(nn.Conv2d(3, 4, 3))), (3, 5, 5), 972),
    "exported": Case(lambda: torch.export.export(Rounds(), (torch.zeros(1, 4),)).module(), (4,), 32),
    # Functions of functions
    "mapped": Case(does(lambda self, x: torch.vmap(self.a)(x), a=linear()), [(3, 2, 4)], 96),
    "gradient of a function": Case(
        does(lambda self, x: torch.func.grad(lambda y: self.a(y).sum())(x), a=linear()), (4,), 32
    ),
    "Jacobian": Case(does(lambda self, x: torch.func.jacrev(self.a)(x), a=linear()), [(4,)], 16 + 4 * 16),
    "ensemble": Case(Ensemble, [(2, 4)], 96),
    "gradient inside": Case(does(gradient, a=linear(), b=linear(1)), [(2, 4)], 2 * 2 * (16 + 4)),
    "checkpoint that is entered again": Case(
        does(lambda self, x: checkpoint.checkpoint(self.a, x, use_reentrant=True), a=linear()), (4,), 16
    ),
    "function of one's own": Case(does(lambda self, x: Product.apply(x, self.a.weight), a=linear(5)), (4,), 20),
}
