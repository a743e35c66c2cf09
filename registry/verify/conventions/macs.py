"""Multiply-accumulates of matrix products, convolutions and attention: half of what torch's counter gives.

This is what papers usually mean by MACs (and often print as FLOPs), and what torchvision publishes as `_ops`.

| operator | MACs |
|---|---|
| mm (m, k) by (k, n); addmm | m k n |
| bmm, baddbmm with batch b | b m k n |
| convolution | N C_out prod(out) C_in/groups prod(kernel) |
| transposed convolution | the same over input positions, prod(in) |
| attention | prod(batch) L S (E + E_v) |
"""

from __future__ import annotations

from registry.verify.conventions.convention import Convention, Count
from registry.verify.conventions.torch_counter import macs
from registry.verify.trace.data import Trace


def count(trace: Trace) -> Count:
    """Multiply-accumulates."""
    return macs(trace).close()


CONVENTION = Convention(
    name="MACs",
    version="torch 2.13.0 / 2",
    unit="MACs",
    source="https://github.com/pytorch/pytorch/blob/v2.13.0/torch/utils/flop_counter.py",
    count=count,
)
