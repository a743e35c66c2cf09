"""What looks as if it were counted, and what must be refused."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import torch
from torch import nn
from torch.nn.utils import prune

from tests.unit.verify.counts.kinds.case import Case, T, Weight, does, linear


@torch.library.custom_op("mir_tests::product", mutates_args=())
def product(a: T, b: T) -> T:
    return a @ b


@product.register_fake
def _(a: T, b: T) -> T:
    return a.new_empty(a.shape[0], b.shape[1])


def passes_over(self: Any, x: T) -> Any:
    try:
        return self.a(x) if x.sum().item() else x
    except RuntimeError:
        return x


def in_thread(layer: nn.Module, x: T) -> Any:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(layer, x).result()


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


KINDS: dict[str, Case] = {
    # What looks as if it were counted
    "weight norm of old": Case(lambda: nn.utils.weight_norm(linear()), (4,), 16),
    "pruned": Case(lambda: prune.l1_unstructured(linear(), "weight", 0.5), (4,), 16),
    "an operator of another library": Case(
        does(lambda self, x: self.a(torch.ops.mir_tests.product(x, self.b.weight)), a=linear(), b=linear()),
        (4,),
        16,
        says="mir_tests.product",
    ),
    "a failure that is passed over": Case(
        does(lambda self, x: self.b(passes_over(self, x)), a=linear(), b=linear()), (4,), 32, real=True
    ),
    "another thread": Case(
        does(lambda self, x: self.b(in_thread(self.a, x)), a=linear(), b=linear()), (4,), 16, says="MACs are 0 for a"
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
