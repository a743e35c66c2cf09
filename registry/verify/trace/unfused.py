"""Switch off what hides work from the recorder: fused kernels, compilers, and devices that are not here."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel


@contextmanager
def unfused() -> Iterator[None]:
    """Let attention and encoder layers run as the products that they are made of, and nothing be compiled.

    Compilers are imported by the models that use them: what is not loaded yet is switched off the next time.
    """
    fast, onednn = torch.backends.mha.get_fastpath_enabled(), torch._C._get_mkldnn_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    # Its recurrent layers are one operator.
    torch._C._set_mkldnn_enabled(False)
    try:
        with ExitStack() as stack:
            stack.enter_context(sdpa_kernel(SDPBackend.MATH))
            dynamo = sys.modules.get("torch._dynamo.config")
            if dynamo is not None:
                stack.enter_context(dynamo.patch(disable=True))
            flex: Any = sys.modules.get("torch.nn.attention.flex_attention")
            if flex is not None:
                stack.enter_context(_set(flex, "_FLEX_ATTENTION_DISABLE_COMPILE_DEBUG", value=True))
            yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)
        torch._C._set_mkldnn_enabled(onednn)


@contextmanager
def _set(module: Any, name: str, *, value: bool) -> Iterator[None]:
    before = getattr(module, name, None)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, before)


def on_device(args: tuple[Any, ...], kwargs: Any, device: str) -> tuple[tuple[Any, ...], Any]:
    """A call's arguments with a device that is not here replaced by the one that the run is on.

    A tensor that would be moved, `args[0]`, stays where it is; a new one goes where the model says, if that is here.
    """
    of = args[0] if args and isinstance(args[0], torch.Tensor) else None
    where = device if of is None else of.device.type
    away = ("cuda",) if of is None else ("cuda", "cpu")

    def placed(value: Any) -> Any:
        name = value.type if isinstance(value, torch.device) else value
        return where if isinstance(name, str) and name.partition(":")[0] in away else value

    return tuple(map(placed, args)), {key: placed(value) for key, value in kwargs.items()}
