"""Kinds of models that few people write: counted as by hand, refused with the reason, or warned of."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.utils import parametrizations, parametrize
from torch.utils import checkpoint, mkldnn

import registry
from registry.types import BuildError

T = torch.Tensor


class Case(NamedTuple):
    """A model, what it is called with, and the multiply-adds by hand; `None` where it must be refused."""

    make: Callable[[], nn.Module]
    inputs: Any
    macs: int | None
    says: str = ""
    """What the warning or the refusal says; every other count has none."""
    real: bool = False


class Does(nn.Module):
    def __init__(self, call: Callable[..., Any], **layers: nn.Module) -> None:
        super().__init__()
        self.call = call
        for name, layer in layers.items():
            self.add_module(name, layer)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self.call(self, *args, **kwargs)


def does(call: Callable[..., Any], **layers: nn.Module) -> Callable[[], nn.Module]:
    return lambda: Does(call, **layers)


def linear(outputs: int = 4) -> nn.Linear:
    return nn.Linear(4, outputs)


def mha(**named: Any) -> Callable[[], nn.Module]:
    return lambda: nn.MultiheadAttention(8, 2, batch_first=True, **named)


def flash(self: Any, q: T, k: T, v: T) -> T:
    with sdpa_kernel(SDPBackend.FLASH_ATTENTION):
        return F.scaled_dot_product_attention(q, k, v)


def flash_of_values(self: Any, q: T, k: T, v: T) -> T:
    return flash(self, q, k, v) if q.sum().item() < 1e9 else q


def blocks(self: Any, q: T, k: T, v: T) -> Any:
    from torch.nn.attention.flex_attention import create_block_mask, flex_attention

    mask = create_block_mask(lambda b, h, i, j: i >= j, None, None, 8, 8, device=q.device)
    return flex_attention(q, k, v, block_mask=mask, score_mod=lambda score, b, h, i, j: score + i - j)


def packed(self: Any, x: T) -> T:
    return self.a(nn.utils.rnn.pack_padded_sequence(x, [5, 3], batch_first=True))[0].data


def gradient(self: Any, x: T) -> T:
    with torch.enable_grad():
        y = x.detach().clone().requires_grad_()
        return torch.autograd.grad(self.b(torch.tanh(self.a(y))).sum(), y)[0]


class LowRank(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = nn.Parameter(torch.randn(4, 2)), nn.Parameter(torch.randn(2, 4))

    def forward(self, w: T) -> T:
        return w + self.a @ self.b


def low_rank() -> nn.Module:
    return parametrize.register_parametrization(linear(), "weight", LowRank())


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


class Sparse(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("w", torch.eye(4).to_sparse())

    def forward(self, x: T) -> T:
        return (self.w @ x.mT).mT


class Asks(nn.Module):
    """Does half of the work on the meta device."""

    def __init__(self, how: Callable[[T], bool]) -> None:
        super().__init__()
        self.a, self.b, self.how = linear(), linear(), how

    def forward(self, x: T) -> T:
        return self.a(x) if self.how(x) else self.b(self.a(x))


def is_hollow(device: torch.device) -> bool:
    return device.type == "meta"


class AsksAnother(Asks):
    def forward(self, x: T) -> T:
        return self.a(x) if is_hollow(x.device) else self.b(self.a(x))


class Listed(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.a, self.others = linear(), [linear()]
        self.f = lambda x: self.others[0](self.a(x))

    def forward(self, x: T) -> T:
        return self.f(x)


class Own(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.a = linear()

    def __call__(self, x: T) -> T:
        return self.a(x)


class Yields(Own):
    __call__ = nn.Module.__call__

    def forward(self, x: T) -> Any:
        yield self.a(x)


class Counts(nn.Module):
    """Works twice as much the first time."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.calls = linear(), 0

    def forward(self, x: T) -> T:
        self.calls += 1
        return self.a(x) if self.calls > 1 else self.a(self.a(x))


def jagged(self: Any, x: T) -> T:
    return self.a(torch.nested.nested_tensor([x[0], x[1, :3]], layout=torch.jagged))


def strided(self: Any, x: T) -> T:
    return self.a(torch.nested.nested_tensor([x[0], x[1, :3]]))


def optimised() -> nn.Module:
    return torch.jit.optimize_for_inference(torch.jit.script(nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU()).eval()))


def of_onednn() -> nn.Module:
    return mkldnn.to_mkldnn(nn.Sequential(nn.Conv2d(3, 4, 3)).eval())


Q, K = (1, 2, 8, 4), (1, 2, 6, 4)
SELF = 5 * 8 * 24 + 5 * 64 + 2 * 5 * 5 * 8

KINDS: dict[str, Case] = {
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
    "bfloat16": Case(lambda: nn.LSTM(4, 8, batch_first=True).bfloat16(), (5, 4), 5 * 384),
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
    # Mixtures and states
    "gathered experts": Case(Gathered, [(6, 8)], 6 * 32 + 6 * 2 * 64 + 6 * 2 * 8),
    "sorted experts": Case(Sorted, [(6, 8)], 6 * 32 + 6 * 64, real=True),
    "selective states": Case(Selective, [(1, 6, 4)], 6 * (32 + 64 + 16 + 24 + 32) + 9 * 8 * 4),
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
    # Traps
    "asks for meta": Case(lambda: Asks(lambda x: x.device.type == "meta"), (4,), 32, real=True),
    "asks whether it is meta": Case(lambda: Asks(lambda x: x.is_meta), (4,), 32, real=True),
    "asks whether it is on the CPU": Case(lambda: Asks(lambda x: not x.is_cpu), (4,), 32, real=True),
    "asks for the CPU": Case(lambda: Asks(lambda x: x.device.type not in ("cpu", "cuda")), (4,), 32, real=True),
    "has another ask": Case(lambda: AsksAnother(is_hollow), (4,), 32, real=True),
    "asks and does the same": Case(does(lambda self, x: self.a(x) * (2 if x.is_meta else 1), a=linear()), (4,), 16),
    "listed layers in a closure": Case(Listed, (4,), 32),
    "a call of its own": Case(Own, (4,), 16),
    "a generator": Case(Yields, (4,), 0, "MACs are 0"),
    "a count of calls": Case(Counts, (4,), 32),
    "jagged": Case(does(jagged, a=linear()), [(2, 5, 4)], None, "nested tensors, which are not counted"),
    "nested": Case(does(strided, a=linear()), [(2, 5, 4)], None, "nested tensors, which are not counted"),
    "equal or not": Case(
        does(lambda self, x: self.a(x) if torch.equal(x, x + 1) else self.a(self.a(x)), a=linear()),
        (4,),
        32,
        real=True,
    ),
    "unique": Case(does(lambda self, x: self.a(torch.unique(x, dim=0)), a=linear()), [torch.ones(3, 4)], 16, real=True),
    "repeated": Case(
        does(lambda self, x, n: self.a(x.repeat_interleave(n, 0)), a=linear()),
        [(2, 4), torch.tensor([1, 3])],
        64,
        real=True,
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_rare_model_is_counted_as_by_hand(kind: str) -> None:
    case = KINDS[kind]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = case.make()
        if case.macs is None:
            with pytest.raises(BuildError, match=case.says):
                registry.count(model, case.inputs)
            return
        counted = registry.count(model, case.inputs)
    assert counted["counts"]["MACs"]["total"] == case.macs
    assert counted["counts"]["torch"]["total"] == 2 * case.macs
    assert counted["run"].startswith("a real run on the CPU" if case.real else "the model without values")
    assert bool(counted["warnings"]) == bool(case.says), counted["warnings"]
    assert case.says in " ".join(counted["warnings"])
