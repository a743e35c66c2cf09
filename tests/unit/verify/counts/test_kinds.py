"""Small models of every kind: the count is the one that a hand makes, or it is refused or warned of with the reason."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import prune

import registry
from registry.types import BuildError

T = torch.Tensor


class Case(NamedTuple):
    """A model, what it is called with, and the multiply-adds by hand; `None` where it must be refused."""

    make: Callable[[], nn.Module]
    inputs: Any
    macs: int | None
    real: bool = False
    """Whether it needs values."""
    warns: str = ""
    arguments: Mapping[str, Any] | None = None


class Does(nn.Module):
    """Calls a function with its layers and what it is given."""

    def __init__(self, call: Callable[..., Any], **layers: nn.Module) -> None:
        super().__init__()
        self.call = call
        for name, layer in layers.items():
            self.add_module(name, layer)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self.call(self, *args, **kwargs)


def does(call: Callable[..., Any], **layers: nn.Module) -> Callable[[], nn.Module]:
    return lambda: Does(call, **layers)


def linear() -> nn.Linear:
    return nn.Linear(4, 4)


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


class Inference(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer = linear()

    @torch.inference_mode()
    def forward(self, x: T) -> T:
        return torch.matmul(self.layer(x), x.transpose(-1, -2))


class Weight(nn.Module):
    """Holds one matrix and does something with it."""

    def __init__(self, call: Callable[[T, T], T], *shape: int) -> None:
        super().__init__()
        self.weight, self.call = nn.Parameter(torch.randn(shape)), call

    def forward(self, x: T) -> T:
        return self.call(x, self.weight)


@torch.library.custom_op("mir_tests::product", mutates_args=())
def product(a: T, b: T) -> T:
    return a @ b


@product.register_fake
def _(a: T, b: T) -> T:
    return a.new_empty(a.shape[0], b.shape[1])


def statically_quantized() -> nn.Module:
    model = nn.Sequential(torch.ao.quantization.QuantStub(), nn.Conv2d(3, 4, 3), torch.ao.quantization.DeQuantStub())
    model.qconfig = torch.ao.quantization.default_qconfig
    prepared = torch.ao.quantization.prepare(model.eval())
    prepared(torch.zeros(1, 3, 5, 5))
    return torch.ao.quantization.convert(prepared)


def passes_over(self: Any, x: T) -> Any:
    try:
        return self.a(x) if x.sum().item() else x
    except RuntimeError:
        return x


def in_thread(layer: nn.Module, x: T) -> Any:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(layer, x).result()


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


def scan(self: Any, x: T) -> Any:
    from torch._higher_order_ops.scan import scan

    return scan(lambda carry, y: (self.a(carry) + y, carry.clone()), torch.zeros(2, 4), x)


def loop(self: Any, x: T) -> Any:
    from torch._higher_order_ops.while_loop import while_loop

    return while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, self.a(y)), (torch.tensor(0), x))


def flex(self: Any, q: T, k: T, v: T) -> Any:
    from torch.nn.attention.flex_attention import flex_attention

    return flex_attention(q, k, v)


def quantized() -> nn.Module:
    return torch.ao.quantization.quantize_dynamic(nn.Sequential(linear(), nn.ReLU()), {nn.Linear})


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


def early_exit(self: Any, x: T) -> T:
    x = self.a(x)
    return x if x.abs().max() < 0 else self.b(x)


def lengths(self: Any, x: T, ends: T) -> T:
    return torch.cat([self.a(each[:end]) for each, end in zip(x, ends.tolist(), strict=True)])


def numpy_inside(self: Any, x: T) -> T:
    return torch.from_numpy(self.a(x).cpu().numpy() * 2)


def packed(self: Any, x: T) -> Any:
    return self.a(nn.utils.rnn.pack_padded_sequence(x, [5, 5], batch_first=True))[0].data


Q, K = (1, 2, 8, 4), (1, 2, 6, 4)
ENCODER = 5 * 8 * 24 + 5 * 64 + 2 * 5 * 5 * 8 + 5 * 256
DECODER = 5 * 8 * 24 + 5 * 64 + 2 * 5 * 5 * 8 + 5 * 64 + 3 * 128 + 2 * 5 * 3 * 8 + 5 * 64 + 5 * 256

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
    "product with a vector": Case(lambda: Weight(lambda x, w: w.mv(x[0]), 4, 4), (4,), 0, warns="aten.mv"),
    "scalar product": Case(does(lambda self, a, b: torch.dot(a, b)), [(4,), (4,)], 0, warns="aten.dot"),
    "addmv": Case(lambda: Weight(lambda x, w: torch.addmv(x[0], w, x[0]), 4, 4), (4,), 0, warns="aten.addmv"),
    "conv_tbc": Case(
        lambda: Weight(lambda x, w: torch.conv_tbc(x, w, torch.zeros(5, device=x.device)), 3, 4, 5),
        [(7, 1, 4)],
        0,
        warns="aten.conv_tbc",
    ),
    "bilinear": Case(lambda: nn.Bilinear(4, 5, 6), [(2, 4), (2, 5)], 0, warns="_trilinear"),
    "elementwise with a matrix": Case(lambda: Weight(lambda x, w: (x * w).sum(-1), 4, 4), (4,), 0, warns="MACs are 0"),
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
    "numpy inside": Case(does(numpy_inside, a=linear()), (4,), 16, real=True, warns="numpy"),
    "lengths of a batch": Case(does(lengths, a=linear()), [(2, 5, 4), torch.tensor([2, 3])], 80, real=True),
    "packed sequences": Case(does(packed, a=nn.GRU(4, 8, batch_first=True)), [(2, 5, 4)], 10 * (96 + 192)),
    "cond": Case(
        does(lambda self, x: torch.cond(x.sum() > -1e9, self.a, torch.clone, (x,)), a=linear()), (4,), 16, real=True
    ),
    "scan": Case(does(scan, a=linear()), [(3, 2, 4)], 96),
    "while": Case(does(loop, a=linear()), (4,), 48),
    "quantized": Case(statically_quantized, [(1, 3, 5, 5)], 0, real=True, warns="quantized.conv2d"),
    "quantized dynamically": Case(quantized, (4,), 0, real=True, warns="quantized.linear_dynamic"),
    # What looks as if it were counted
    "weight norm of old": Case(lambda: nn.utils.weight_norm(linear()), (4,), 16),
    "pruned": Case(lambda: prune.l1_unstructured(linear(), "weight", 0.5), (4,), 16),
    "an operator of another library": Case(
        does(lambda self, x: self.a(torch.ops.mir_tests.product(x, self.b.weight)), a=linear(), b=linear()),
        (4,),
        16,
        warns="mir_tests.product",
    ),
    "a failure that is passed over": Case(
        does(lambda self, x: self.b(passes_over(self, x)), a=linear(), b=linear()), (4,), 32, real=True
    ),
    "another thread": Case(
        does(lambda self, x: self.b(in_thread(self.a, x)), a=linear(), b=linear()), (4,), 16, warns="MACs are 0 for a"
    ),
    "one model of many weights": Case(
        lambda: Weight(lambda x, w: torch.vmap(lambda own: x @ own)(w), 5, 4, 6), (4,), 5 * 24
    ),
    # What must be refused
    "nothing": Case(linear, [(0, 4)], None),
    "another shape": Case(linear, (5,), None),
    "too few inputs": Case(does(lambda self, a, b: a + b), (4,), None),
    "it always fails": Case(does(lambda self, x: 1 / 0), (4,), None),
    "words out of range": Case(lambda: nn.Embedding(2, 4), [torch.tensor([5])], 0),
    "a real failure of values": Case(
        does(lambda self, x: self.a(x) if x.sum().item() else x, a=nn.Linear(9, 4)), (4,), None
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_is_counted_as_by_hand(kind: str) -> None:
    case = KINDS[kind]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = case.make()
        state = copy.deepcopy(model.state_dict()) if not _lazy(model) else None
        if case.macs is None:
            with pytest.raises(BuildError, match=r"the model does not run on|nothing can be counted") as caught:
                registry.count(model, case.inputs, arguments=case.arguments)
            assert len(caught.value.message) < 700
            return
        counted = registry.count(model, case.inputs, arguments=case.arguments)
    assert counted["counts"]["MACs"]["total"] == case.macs
    assert counted["counts"]["torch"]["total"] == 2 * case.macs
    assert counted["run"].startswith("a real run on the CPU" if case.real else "the model without values")
    assert bool(counted["warnings"]) == bool(case.warns), counted["warnings"]
    assert case.warns in " ".join(counted["warnings"])
    if state is not None:
        assert all(torch.equal(each, state[name]) for name, each in model.state_dict().items() if _is_plain(each))


def _lazy(model: nn.Module) -> bool:
    return any(map(nn.parameter.is_lazy, (*model.parameters(), *model.buffers())))


def _is_plain(value: Any) -> bool:
    return isinstance(value, torch.Tensor) and not value.is_quantized


def test_there_are_as_many_kinds_as_were_asked_for() -> None:
    assert len(KINDS) >= 93
