"""The convention `torch` counts what torch's own counter counts, for every forward operator in its registry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode, flop_registry

from registry.verify.arguments import Arguments
from registry.verify.conventions import CONVENTIONS
from registry.verify.conventions.torch_counter import MACS
from registry.verify.trace import trace
from registry.verify.trace.data import Operator
from registry.verify.trace.recorder import operator_options

aten = torch.ops.aten


def on_meta(*shape: int, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    return torch.empty(shape, dtype=dtype, device="meta")


class Call(nn.Module):
    """Calls one operator."""

    def __init__(self, call: Callable[..., Any]) -> None:
        super().__init__()
        self.call = call

    def forward(self, *tensors: torch.Tensor) -> Any:
        return self.call(*tensors)


HEADS = (on_meta(2, 4, 6, 8), on_meta(2, 4, 10, 8), on_meta(2, 4, 10, 16))
ROWS = (on_meta(2, 6, 4, 8), on_meta(2, 6, 4, 8), on_meta(2, 6, 4, 8))
FP8 = torch.float8_e4m3fn
CONV = ([1, 1], [1, 1], [1, 1], False, [0, 0], 1)
TRANSPOSED = ([2, 2], [1, 1], [1, 1], True, [0, 0], 1)

CALLS: dict[str, tuple[Callable[..., Any], tuple[torch.Tensor, ...]]] = {
    "mm": (torch.mm, (on_meta(3, 4), on_meta(4, 5))),
    "addmm": (torch.addmm, (on_meta(5), on_meta(3, 4), on_meta(4, 5))),
    "bmm": (torch.bmm, (on_meta(2, 3, 4), on_meta(2, 4, 5))),
    "baddbmm": (torch.baddbmm, (on_meta(2, 3, 5), on_meta(2, 3, 4), on_meta(2, 4, 5))),
    "_scaled_mm": (
        lambda a, b, x, y: aten._scaled_mm(a, b.t(), x, y, out_dtype=torch.bfloat16),
        (on_meta(16, 32, dtype=FP8), on_meta(16, 32, dtype=FP8), on_meta(1)[0], on_meta(1)[0]),
    ),
    "convolution": (
        lambda x, w: aten.convolution(x, w, None, *CONV),
        (on_meta(2, 3, 9, 9), on_meta(4, 3, 3, 3)),
    ),
    "convolution transposed": (
        lambda x, w: aten.convolution(x, w, None, *TRANSPOSED),
        (on_meta(2, 3, 9, 9), on_meta(3, 4, 3, 3)),
    ),
    "_convolution": (
        lambda x, w: aten._convolution(x, w, None, *CONV, False, False, True, True),
        (on_meta(2, 3, 9, 9), on_meta(4, 3, 3, 3)),
    ),
    "_scaled_dot_product_efficient_attention": (
        lambda q, k, v: aten._scaled_dot_product_efficient_attention(q, k, v, None, False),
        HEADS,
    ),
    "_scaled_dot_product_flash_attention": (aten._scaled_dot_product_flash_attention, (*HEADS[:2], HEADS[1])),
    "_efficient_attention_forward": (
        lambda q, k, v: aten._efficient_attention_forward(q, k, v, None, None, None, None, None, 0.0, 0),
        ROWS,
    ),
    "scaled_dot_product_attention": (nn.functional.scaled_dot_product_attention, HEADS),
    "grouped queries": (
        lambda q, k, v: nn.functional.scaled_dot_product_attention(q, k, v, enable_gqa=True),
        (on_meta(2, 8, 6, 8), on_meta(2, 2, 10, 8), on_meta(2, 2, 10, 8)),
    ),
    "mv": (torch.mv, (on_meta(3, 4), on_meta(4))),
    "einsum": (lambda a, b: torch.einsum("bij,bjk->bik", a, b), (on_meta(2, 3, 4), on_meta(2, 4, 5))),
}


@pytest.mark.parametrize("name", CALLS)
def test_an_operator_counts_as_torchs_counter_counts_it(name: str) -> None:
    call, tensors = CALLS[name]
    with FlopCounterMode(display=False) as counter:
        call(*tensors)
    traced = trace(Call(call), arguments=Arguments(positional=tensors))
    assert CONVENTIONS["torch"].count(traced).total == counter.get_total_flops()
    assert counter.get_total_flops() > 0 or name == "mv"


def test_a_module_that_was_traced_counts_as_torchs_counter_counts_it() -> None:
    """torch.jit.trace keeps `aten::_convolution`."""
    model = torch.jit.trace(nn.Sequential(nn.Conv2d(3, 4, 3), nn.ConvTranspose2d(4, 5, 3)), torch.zeros(1, 3, 9, 9))
    with FlopCounterMode(display=False) as counter:
        model(torch.zeros(1, 3, 9, 9))
    assert CONVENTIONS["torch"].count(trace(model, (3, 9, 9))).total == counter.get_total_flops() > 0


def test_inference_mode_hides_nothing() -> None:
    class Inference(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer, self.mix = nn.Linear(4, 4), nn.Conv1d(4, 4, 1)

        @torch.inference_mode()
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.matmul(self.mix(self.layer(x)), x.transpose(1, 2))

    model = Inference().eval()
    with FlopCounterMode(display=False) as counter:
        model(torch.zeros(1, 4, 4))
    assert CONVENTIONS["torch"].count(trace(model, (4, 4))).total == counter.get_total_flops() > 0


NAMES = sorted(f"aten.{operator.__name__}" for operator in flop_registry if hasattr(operator, "overloads"))
QUERY, KEY, VALUE, OUT = (2, 8, 6, 16), (2, 4, 10, 16), (2, 4, 10, 24), (2, 8, 6, 24)


def arguments_of(name: str) -> tuple[list[Any], dict[str, Any], tuple[tuple[int, ...], ...]]:
    """Shapes and other arguments of an operator, what its recorder keeps of them, and the shapes of its outputs."""
    if name == "aten.convolution_backward":
        weight = (7, 3, 3, 2)
        arguments = [(2, 7, 5, 6), (2, 3, 7, 7), weight, None, [1], [0], [1], False, [0], 1, (True, True, False)]
        return arguments, {"transposed": False, "output_mask": (True, True, False)}, ((2, 3, 7, 7), weight)
    if "convolution" in name or "conv2d" in name:
        arguments = [(2, 3, 9, 9), (7, 3, 3, 2), None, [1, 1], [0, 0], [1, 1], False]
        return arguments, {"transposed": False}, ((2, 7, 7, 8),)
    if "attention" in name:
        arguments = [OUT, QUERY, KEY, VALUE] if "backward" in name else [QUERY, KEY, VALUE]
        return [*arguments, *[None] * 6], {}, (OUT,)
    has_batch = name in ("aten.bmm", "aten.baddbmm")
    first, second = ((2, 3, 4), (2, 4, 5)) if has_batch else ((3, 4), (4, 5))
    bias = [(*first[:-1], 5)] if name in ("aten.addmm", "aten.baddbmm") else []
    scales: list[Any] = [(1,), (1,)] if name == "aten._scaled_mm" else []
    return [*bias, first, second, *scales], {}, ((*first[:-1], 5),)


@pytest.mark.parametrize("name", NAMES)
def test_every_operator_of_the_registry_counts_as_torchs_formula(name: str) -> None:
    arguments, options, outputs = arguments_of(name)
    tensors = [
        on_meta(*argument)
        if isinstance(argument, tuple) and not any(isinstance(size, bool) for size in argument)
        else argument
        for argument in arguments
    ]
    results = tuple(on_meta(*shape) for shape in outputs)
    formula = flop_registry[getattr(aten, name.removeprefix("aten."))]
    expected = formula(*tensors, out_val=results if len(results) > 1 else results[0])
    shapes = tuple(tuple(tensor.shape) if isinstance(tensor, torch.Tensor) else None for tensor in tensors)
    assert 2 * MACS[name](Operator(name, shapes, options, outputs, 0, -1)) == expected > 0


@pytest.mark.parametrize("lengths", [((3, 4), (2, 6), (5, 1)), ((4, 4),)])
@pytest.mark.parametrize("name", ["_flash_attention_forward", "_efficient_attention_forward"])
def test_sequences_that_are_laid_end_to_end_count_one_by_one(name: str, lengths: tuple[tuple[int, int], ...]) -> None:
    queries, keys = (torch.tensor([0, *sizes]).cumsum(0) for sizes in zip(*lengths, strict=True))
    batch = () if name == "_flash_attention_forward" else (1,)
    tensors = [
        on_meta(*batch, sum(sizes), 8, 16) for sizes in (*zip(*lengths, strict=True), [key for _, key in lengths])
    ]
    bias = [] if name == "_flash_attention_forward" else [None]
    arguments = [*tensors, *bias, queries, keys, 6, 6]
    expected = flop_registry[getattr(aten, name)](*arguments, out_val=tensors[0])
    shapes = tuple(tuple(tensor.shape) for tensor in tensors)
    op = Operator(f"aten.{name}", shapes, operator_options(name, arguments), (shapes[0],), 0, -1)
    assert 2 * MACS[op.name](op) == expected == 2 * 8 * 32 * sum(q * k for q, k in lengths)


def test_a_model_that_takes_gradients_as_it_runs_counts_as_torchs_counter_counts_it() -> None:
    class Score(nn.Module):
        """The gradient of an energy, as models of forces take it."""

        def __init__(self) -> None:
            super().__init__()
            self.layers = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Tanh(), nn.ConvTranspose2d(4, 2, 3), nn.Tanh())

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            with torch.enable_grad():
                x = x.detach().requires_grad_()
                (gradient,) = torch.autograd.grad(self.layers(1 * x).sum(), x)
            return gradient

    model = Score().eval()
    with FlopCounterMode(display=False) as counter:
        model(torch.zeros(1, 3, 9, 9))
    assert CONVENTIONS["torch"].count(trace(model, (3, 9, 9))).total == counter.get_total_flops() > 0
