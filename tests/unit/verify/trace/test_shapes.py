"""Every rule against torch's own kernels, on the meta device and on the CPU."""

import itertools
from typing import Any

import pytest
import torch

from registry.verify.trace.shapes import RULES

aten = torch.ops.aten
X = torch.zeros(2, 6, 8, 10)
LAST = X.permute(0, 3, 1, 2)  # channels last
FLAT = torch.zeros(5, 7)
WEIGHT, DEPTHWISE = torch.zeros(4, 6, 3, 3), torch.zeros(6, 1, 3, 3)
TRANSPOSED = torch.zeros(6, 2, 3, 3)
ONES = [1, 1]


def conv(x, weight, *, stride=ONES, padding=(0, 0), dilation=ONES, transposed=False, extra=(0, 0), groups=1):
    return x, weight, None, list(stride), list(padding), list(dilation), transposed, list(extra), groups


def norms(x: torch.Tensor, training: bool) -> tuple[Any, ...]:
    c = x.shape[1]
    return x, torch.ones(c), torch.zeros(c), torch.zeros(c), torch.ones(c), training, 0.1, 1e-5


CASES: list[tuple[Any, tuple[Any, ...], dict[str, Any]]] = [
    *(
        (aten.convolution.default, case, {})
        for case in (
            conv(X, WEIGHT),
            conv(X, WEIGHT, stride=(2, 3), padding=(1, 2)),
            conv(X, WEIGHT, dilation=(2, 3), padding=(1,), stride=(2,)),
            conv(X, DEPTHWISE, groups=6, padding=(1, 1)),
            conv(X, TRANSPOSED, transposed=True, stride=(2, 2), padding=(1, 0), extra=(1, 0)),
            conv(X, TRANSPOSED, transposed=True, groups=3, dilation=(2, 1)),
            conv(X[:, :, 0], WEIGHT[:, :, 0].contiguous(), stride=(2,), padding=(1,), dilation=(1,), extra=(0,)),
            conv(LAST, torch.zeros(4, 10, 3, 3)),
        )
    ),
    *((aten.native_batch_norm.default, norms(x, training), {}) for x in (X, LAST, FLAT) for training in (False, True)),
    *((aten.native_layer_norm.default, (x, [x.shape[-1]], None, None, 1e-5), {}) for x in (X, LAST, FLAT, X[0])),
    (aten.native_layer_norm.default, (X, [8, 10], None, None, 1e-5), {}),
    (aten.mm.default, (FLAT, FLAT.t()), {}),
    (aten.addmm.default, (torch.zeros(5), FLAT, FLAT.t()), {}),
    (aten.addmm.default, (torch.zeros(5, 5), FLAT, FLAT.t()), {}),
    (aten.bmm.default, (X[0], X[0].transpose(1, 2)), {}),
    *((op, (X, -1, *more), {}) for op, more in ((aten._softmax.default, (False,)), (aten._safe_softmax.default, ()))),
    *(
        (op, (X, dims, keep), {})
        for op in (aten.mean.dim, aten.sum.dim_IntList)
        for dims, keep in itertools.product(([1], [-1, -2], [0, 1, 2, 3]), (True, False))
    ),
    (aten.linalg_vector_norm.default, (X, 2.0, [1], True), {}),
    (aten.cat.default, ([X, X, X[:, :3].contiguous()], 1), {}),
    (aten.cat.default, ([FLAT, FLAT], -1), {}),
    (aten.cat.default, ([X, LAST.permute(0, 2, 3, 1)], 0), {}),
    (aten.clone.default, (X,), {}),
    (aten.clone.default, (LAST,), {}),
    (aten.clone.default, (LAST,), {"memory_format": torch.contiguous_format}),
    (aten.roll.default, (X, [1, 2], [1, 2]), {}),
    (aten.masked_fill.Scalar, (X, torch.zeros(8, 10, dtype=torch.bool), 1.0), {}),
    (aten.constant_pad_nd.default, (X, [1, 2, 0, -3], 0.0), {}),
    *((op, (X, 2.0), {}) for op in (aten.mul.Scalar, aten.pow.Tensor_Scalar)),
    *(
        (getattr(aten, name).Tensor, pair, {})
        for name in ("add", "mul", "sub", "div")
        for pair in (
            (X, X),
            (X, 2.0),
            (X, X[:1, :, :1, :1].contiguous()),
            (X[0, 0], X),
            (X, torch.zeros(1).expand(X.shape)),
            (LAST, LAST),
            (LAST, LAST.contiguous()),
            (X, X.double()),
            (X.int(), 2),
        )
    ),
    *((getattr(aten, name).Tensor, (X.clone(), X), {}) for name in ("add_", "mul_", "sub_", "div_")),
]


def unary() -> list[Any]:
    listed = {op for op, _, _ in CASES}
    return [op for op in RULES if op not in listed]


def described(result: Any) -> list[Any]:
    tensors = result if isinstance(result, tuple) else (result,)
    return [(tuple(tensor.shape), tensor.stride(), tensor.dtype) for tensor in tensors]


def on_meta(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return value.to("meta")
    return [on_meta(item) for item in value] if isinstance(value, list) else value


def compare(op: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether the rule knows; what it then says is what both kernels say."""
    meta = tuple(map(on_meta, args))
    ours = RULES[op](*meta, **kwargs)
    if ours is None:
        return False
    # Of a normalisation's further outputs, which nothing reads in a forward run, the two kernels differ.
    assert described(ours)[0] == described(op(*tuple(map(on_meta, args)), **kwargs))[0], (op, args)
    assert described(ours) == described(op(*args, **kwargs)), (op, args)
    return True


@pytest.mark.parametrize("op", dict.fromkeys(op for op, _, _ in CASES), ids=str)
def test_rules_agree_with_torchs_kernels(op: Any) -> None:
    comparisons = [compare(op, args, kwargs) for operator, args, kwargs in CASES if operator is op]
    assert any(comparisons)


@pytest.mark.parametrize("op", unary(), ids=str)
def test_rules_of_functions_of_one_tensor_agree_with_torchs_kernels(op: Any) -> None:
    more = {"clamp": (0.0, 1.0), "clamp_": (0.0, 1.0), "clamp_min": (0.0,)}.get(op._overloadpacket.__name__, ())
    comparisons = [compare(op, (x.clone(), *more), {}) for x in (X, LAST, LAST[:, ::2], X.expand(2, 6, 8, 10))]
    assert comparisons[0]
