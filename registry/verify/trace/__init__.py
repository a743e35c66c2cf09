"""Run a model once without weights, memory or arithmetic, and keep what it called as plain data.

`build` makes the model on the meta device, `trace` runs it there and returns a `Trace`, which the conventions count
from. A trace has three levels, linked by index, since no one level serves every tool:

1. module calls (thop, mmcv, torchinfo hook modules);
2. torch functions and tensor methods (fvcore, deepspeed, ptflops see these);
3. aten operators (torch's own counter and ptflops' aten back end see these).

The data types load without torch: importing this package does not import it, the first use of `build` or `trace` does.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from registry.verify.trace.data import Shape, Trace

if TYPE_CHECKING:
    from registry.verify.trace.meta_model import build
    from registry.verify.trace.trace_model import trace

__all__ = ["Shape", "Trace", "build", "trace"]

_MODULES = {"build": "meta_model", "trace": "trace_model"}


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
