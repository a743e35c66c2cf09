"""Build a model without memory for its weights."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.utils._device import DeviceContext, _device_constructors

from registry.gc import without_collector
from registry.types import BuildError
from registry.verify.engines import error_text


def build(factory: Callable[[], nn.Module]) -> nn.Module:
    """The model that `factory` makes, in evaluation mode, with every parameter and buffer on the meta device.

    Most models build on the meta device outright. Those that compute with tensors in their constructor (RegNet) do
    not; they are built on the CPU, each parameter moved to meta as it is registered, before anything fills it.

    Raises:
        BuildError: The model builds in neither way; the message gives the constructor's own error.
    """
    try:
        with without_collector(), _without_initialization(), _OnMeta("meta"):
            model = factory()
    except BuildError:  # it says itself what is missing
        raise
    except (Exception, SystemExit):  # noqa: BLE001 - whatever a constructor raises, the second way may still work
        try:
            with without_collector(), _without_initialization(), _parameters_on_meta():
                model = factory()
        except (Exception, SystemExit) as error:
            raise BuildError(f"the model cannot be built: {one_line(error)}") from error
    if not isinstance(model, nn.Module):
        raise BuildError(f"the builder gave {type(model).__name__}, not a torch.nn.Module")
    if not all(tensor.is_meta for tensor in chain(model.parameters(), model.buffers())):
        model = model.to("meta")
    return model.eval()


def one_line(error: BaseException) -> str:
    """An exception in one line of at most 200 characters: its class and the first line of its message.

    Nested tensors fail in many ways, none of which names them.
    """
    text = _NESTED if _is_of_nested(error) else error_text(error)
    return text if len(text) <= 200 else text[:199] + "…"


_NESTED = "it makes nested tensors, which are not counted: give it what is as long, or padded"


def _is_of_nested(error: BaseException) -> bool:
    step = error.__traceback__
    while step is not None:
        if "nested" in Path(step.tb_frame.f_code.co_filename).parts:
            return True
        step = step.tb_next
    return "NestedTensorImpl" in str(error)


class _OnMeta(DeviceContext):
    """What `torch.device("meta")` does for a block, and tensors are not filled, in one mode: each costs every call."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if func in _CONSTRUCTORS:
            if kwargs.get("device") is None:
                kwargs["device"] = self.device
        elif getattr(func, "__name__", "") in _INITIALIZERS and args and getattr(args[0], "is_meta", False):
            return args[0]
        return func(*args, **kwargs)


_CONSTRUCTORS = frozenset(_device_constructors())
_INITIALIZERS = frozenset(
    str.split("""
    constant_ fill_ kaiming_normal_ kaiming_uniform_ normal_ ones_ trunc_normal_ uniform_ xavier_normal_
    xavier_uniform_ zero_ zeros_
    """)
)
_INITIALIZED = (
    nn.Embedding,
    nn.GroupNorm,
    nn.LayerNorm,
    nn.Linear,
    nn.RMSNorm,
    nn.RNNBase,
    nn.RNNCellBase,
    nn.modules.batchnorm._NormBase,
    nn.modules.conv._ConvNd,
)
"""Torch's layers that fill their parameters as they are made, and do nothing else there."""


_ONE_AT_A_TIME = threading.RLock()
"""What is replaced for a while is replaced for all threads: two that did so at once would not put it back."""


@contextmanager
def _without_initialization() -> Iterator[None]:
    """Skip filling parameters with random numbers: meta has nothing to fill, and torch takes its time for it.

    Layers that other threads make meanwhile are filled as ever.
    """
    with _ONE_AT_A_TIME:
        originals: list[tuple[Any, str, Any]] = [
            (cls, "reset_parameters", cls.reset_parameters) for cls in _INITIALIZED
        ]
        originals += [(nn.init, name, getattr(nn.init, name)) for name in _INITIALIZERS if hasattr(nn.init, name)]
        here = threading.get_ident()
        for owner, name, original in originals:
            setattr(owner, name, _unless_on_meta(original) if owner is nn.init else _in_other_threads(original, here))
        try:
            yield
        finally:
            for owner, name, original in originals:
                setattr(owner, name, original)


def _in_other_threads(reset: Callable[[Any], None], thread: int) -> Callable[[Any], None]:
    def reset_parameters(module: Any) -> None:
        if threading.get_ident() != thread:
            reset(module)

    return reset_parameters


def _unless_on_meta(fill: Callable[..., Any]) -> Callable[..., Any]:
    def filled(tensor: Any, *args: Any, **kwargs: Any) -> Any:
        with torch._C.DisableTorchFunction():
            empty = tensor.is_meta
        return tensor if empty else fill(tensor, *args, **kwargs)

    return filled


@contextmanager
def _parameters_on_meta() -> Iterator[None]:
    original = nn.Module.register_parameter

    def register(module: nn.Module, name: str, param: nn.Parameter | None) -> None:
        if param is not None and not param.is_meta:
            moved = param.data.to("meta")
            param = nn.Parameter(moved, requires_grad=param.requires_grad)
        original(module, name, param)

    nn.Module.register_parameter = register  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        nn.Module.register_parameter = original  # type: ignore[method-assign]
