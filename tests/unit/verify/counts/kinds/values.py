"""Types, devices and inputs, and models that need values."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from tests.unit.verify.counts.kinds.case import Case, T, does, linear


class Experts(nn.Module):
    """Each token goes to the best two of four experts."""

    def __init__(self) -> None:
        super().__init__()
        self.gate, self.experts = nn.Linear(8, 4), nn.ModuleList(nn.Linear(8, 8) for _ in range(4))

    def forward(self, x: T) -> T:
        chosen = self.gate(x).topk(2, -1)[1]
        out = torch.zeros_like(x)
        for index, expert in enumerate(self.experts):
            rows, _ = torch.where(chosen == index)
            if len(rows):
                out.index_add_(0, rows, expert(x[rows]))
        return out


def statically_quantized() -> nn.Module:
    model = nn.Sequential(torch.ao.quantization.QuantStub(), nn.Conv2d(3, 4, 3), torch.ao.quantization.DeQuantStub())
    model.qconfig = torch.ao.quantization.default_qconfig
    prepared = torch.ao.quantization.prepare(model.eval())
    prepared(torch.zeros(1, 3, 5, 5))
    return torch.ao.quantization.convert(prepared)


def scan(self: Any, x: T) -> Any:
    from torch._higher_order_ops.scan import scan

    return scan(lambda carry, y: (self.a(carry) + y, carry.clone()), torch.zeros(2, 4), x)


def loop(self: Any, x: T) -> Any:
    from torch._higher_order_ops.while_loop import while_loop

    return while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, self.a(y)), (torch.tensor(0), x))


def quantized() -> nn.Module:
    return torch.ao.quantization.quantize_dynamic(nn.Sequential(linear(), nn.ReLU()), {nn.Linear})


def early_exit(self: Any, x: T) -> T:
    x = self.a(x)
    return x if x.abs().max() < 0 else self.b(x)


def lengths(self: Any, x: T, ends: T) -> T:
    return torch.cat([self.a(sample[:end]) for sample, end in zip(x, ends.tolist(), strict=True)])


def numpy_inside(self: Any, x: T) -> T:
    return torch.from_numpy(self.a(x).cpu().numpy() * 2)


def packed(self: Any, x: T) -> Any:
    return self.a(nn.utils.rnn.pack_padded_sequence(x, [5, 5], batch_first=True))[0].data


class Sparse(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("w", torch.eye(4).to_sparse())

    def forward(self, x: T) -> T:
        return (self.w @ x.mT).mT


KINDS: dict[str, Case] = {
    # Types and devices
    "half precision": Case(lambda: linear().half(), (4,), 16),
    "bfloat16": Case(lambda: nn.Conv2d(3, 4, 3).bfloat16(), (3, 5, 5), 972),
    "double": Case(lambda: linear().double(), (4,), 16),
    "complex": Case(lambda: nn.Linear(4, 4, dtype=torch.complex64), [((1, 4), "complex64")], 16),
    "autocast": Case(does(lambda self, x: torch.autocast("cpu")(self.a)(x), a=linear()), (4,), 16),
    "asks for a GPU": Case(does(lambda self, x: self.a(x.cuda()) + torch.ones(1, device="cuda"), a=linear()), (4,), 16),
    "goes to the CPU": Case(does(lambda self, x: self.a(x).cpu(), a=linear()), (4,), 16),
    # Inputs
    "tokens": Case(lambda: nn.Sequential(nn.Embedding(9, 4), linear()), {"input": "1x6:int64"}, 96),
    "two inputs": Case(does(lambda self, a, b: self.a(a) + self.a(b), a=linear()), [(1, 4), (1, 4)], 32),
    "by name": Case(does(lambda self, *, x, y: self.a(x) + y, a=linear()), {"x": (1, 4), "y": (1, 4)}, 16),
    "a list": Case(does(lambda self, xs: self.a(torch.cat(xs)), a=linear()), [[(2, 4), (3, 4)]], 80),
    "a mapping": Case(does(lambda self, batch: self.a(batch["x"]), a=linear()), [{"x": torch.zeros(2, 4)}], 32),
    "a switch": Case(
        does(lambda self, x, twice=False: self.a(self.a(x)) if twice else self.a(x), a=linear()),
        (4,),
        32,
        arguments={"twice": True},
    ),
    "tensors": Case(linear, [torch.zeros(3, 4)], 48),
    "a time and an image": Case(
        does(lambda self, x, t: self.a(x) * t.view(-1, 1, 1, 1), a=nn.Conv2d(3, 3, 1)), [(1, 3, 4, 4), (1,)], 144
    ),
    # What needs values
    "item": Case(does(lambda self, x: self.a(x) if x.sum().item() > -1e9 else x, a=linear()), (4,), 16, real=True),
    "a branch on data": Case(does(early_exit, a=linear(), b=linear()), (4,), 32, real=True),
    "a boolean mask": Case(does(lambda self, x, m: self.a(x[m]), a=linear()), [(3, 4), "3:bool"], 48, real=True),
    "nonzero": Case(does(lambda self, m: self.a(m.nonzero().float()), a=nn.Linear(1, 4)), ["3:bool"], 12, real=True),
    "sparse experts": Case(Experts, [(6, 8)], 6 * 32 + 6 * 2 * 64, real=True),
    "numpy inside": Case(does(numpy_inside, a=linear()), (4,), 16, real=True, says="numpy"),
    "lengths of a batch": Case(does(lengths, a=linear()), [(2, 5, 4), torch.tensor([2, 3])], 80, real=True),
    "packed sequences": Case(does(packed, a=nn.GRU(4, 8, batch_first=True)), [(2, 5, 4)], 10 * (96 + 192)),
    "cond": Case(
        does(lambda self, x: torch.cond(x.sum() > -1e9, self.a, torch.clone, (x,)), a=linear()), (4,), 16, real=True
    ),
    "scan": Case(does(scan, a=linear()), [(3, 2, 4)], 96),
    "while": Case(does(loop, a=linear()), (4,), 48),
    "quantized": Case(statically_quantized, [(1, 3, 5, 5)], 0, real=True, says="quantized.conv2d"),
    "quantized dynamically": Case(quantized, (4,), 0, real=True, says="quantized.linear_dynamic"),
    # Sparse, 8 bits
    "sparse and dense": Case(Sparse, [(3, 4)], 48, "as if they were dense"),
    "sparse alone": Case(
        does(lambda self, x: torch.sparse.mm(torch.eye(3, device=x.device).to_sparse(), x), a=linear()),
        [(3, 4)],
        0,
        "_sparse_addmm",
        real=True,
    ),
    "8 bits": Case(
        does(lambda self, a, b: torch._int_mm(a, b)), [((32, 16), "int8"), ((16, 16), "int8")], 0, "_int_mm"
    ),
    "added in place": Case(
        does(lambda self, c, a, b: c.clone().addmm_(a, b)), [(3, 5), (3, 4), (4, 5)], 0, "aten.addmm_"
    ),
    "solved": Case(does(lambda self, a, b: torch.linalg.solve(a, b)), [(4, 4), (4, 2)], 0, "_linalg_solve_ex"),
    "decomposed": Case(does(lambda self, a: torch.linalg.svd(self.a(a))[0], a=linear()), [(4, 4)], 64, "_linalg_svd"),
    "distances": Case(does(lambda self, a, b: torch.cdist(a, b)), [(30, 4), (40, 4)], 0, "_euclidean_dist"),
    "Fourier": Case(does(lambda self, x: torch.fft.rfft(x).real), [(3, 8)], 0, "_fft_r2c"),
}
