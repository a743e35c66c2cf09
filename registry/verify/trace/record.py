"""The recorder: runs a model on the meta device and writes down what it calls, on three linked levels."""

from __future__ import annotations

import dis
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType, FunctionType
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from registry.verify.trace.attributes import SIGNATURES
from registry.verify.trace.data import NOTHING, FunctionCall, ModuleCall, Operator, Plain, Shape
from registry.verify.trace.shapes import RULES

_VIEWS = frozenset(
    str.split("""
    _reshape_alias _unsafe_view alias as_strided detach diagonal empty expand permute select slice split
    split_with_sizes squeeze t transpose unbind unsqueeze view
    """)
)
_CONSTRUCTORS = frozenset(
    str.split("""
    arange as_tensor empty empty_permuted empty_strided eye fft.fftfreq fft.rfftfreq full hann_window linspace
    logspace ones rand randint randn randperm scalar_tensor sparse_coo_tensor tensor tril_indices triu_indices zeros
    """)
)
_OPERATORS = frozenset({"add", "matmul", "mul"})
_BINARY_OP = dis.opmap["BINARY_OP"]
_CHECKS = ("has_torch_function", "has_torch_function_unary", "has_torch_function_variadic")


class Recorder:
    """Records one run. Use `with recorder.recording(): model(...)`, once.

    Args:
        modules: The model's modules, each with its index.
        everything: Whether what the model makes while it runs, without saying where, is made on meta too.
    """

    def __init__(self, modules: Mapping[nn.Module, int], *, everything: bool = True) -> None:
        self.everything = everything
        self.calls: list[ModuleCall] = []
        self.functions: list[FunctionCall] = []
        self.operators: list[Operator] = []
        self.modules = modules
        self.call = -1
        self.function = -1
        self._shapes: dict[Shape, Shape] = {}

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Record everything torch does in this block. It replaces `nn.Module.__call__` meanwhile, as torch.fx does."""
        original = nn.Module.__call__

        def call(module: nn.Module, *args: Any, **kwargs: Any) -> Any:
            index = self.modules.get(module)
            if index is None:  # made while running, or by another thread
                return original(module, *args, **kwargs)
            caller, self.call = self.call, len(self.calls)
            own = self.call
            self.calls.append(ModuleCall(index, caller, (), ()))
            inputs = self.shapes(args, kwargs)
            result = original(module, *args, **kwargs)
            self.calls[own] = ModuleCall(index, caller, inputs, self.outputs(result))
            self.call = caller
            return result

        nn.Module.__call__ = call  # type: ignore[method-assign]
        try:
            with torch.no_grad(), _Operators(self), _Functions(self):
                yield
        finally:
            nn.Module.__call__ = original  # type: ignore[method-assign]

    def shape(self, tensor: torch.Tensor) -> Shape:
        """The tensor's shape, one object for equal shapes so that the trace pickles small."""
        shape = tuple(tensor.shape)
        return self._shapes.setdefault(shape, shape)

    def shapes(self, args: tuple[Any, ...], kwargs: Mapping[str, Any] = NOTHING) -> tuple[Shape | None, ...]:
        """Shapes of arguments in order, lists flattened, `None` for what is no tensor but stands before one."""
        found: list[Shape | None] = []
        for value in (*args, *kwargs.values()) if kwargs else args:
            if isinstance(value, torch.Tensor):
                found.append(self.shape(value))
            elif isinstance(value, list | tuple) and value and isinstance(value[0], torch.Tensor):
                found.extend(self.shapes(tuple(value)))
            else:
                found.append(None)
        while found and found[-1] is None:
            found.pop()
        return tuple(found)

    def outputs(self, result: Any) -> tuple[Shape, ...]:
        """Shapes of all tensors in a result, however nested."""
        if isinstance(result, torch.Tensor):
            return (self.shape(result),)
        if isinstance(result, Mapping):
            result = tuple(result.values())
        if isinstance(result, list | tuple):
            return tuple(shape for each in result for shape in self.outputs(each))
        inner = getattr(result, "__dict__", None)  # a dataclass of outputs, as some libraries return
        return self.outputs(tuple(inner.values())) if inner else ()


class _Functions(TorchFunctionMode):
    """Level 2. Also puts on the meta device what the model makes while it runs."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__()
        self.recorder = recorder
        self.known: dict[Any, _Function] = {}

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        known = self.known.get(func)
        if known is None:
            known = self.known[func] = _Function(func)
        if known.silent:
            return func(*args, **kwargs)
        recorder = self.recorder
        if known.constructor and recorder.everything and kwargs.get("device") is None:
            kwargs = {**kwargs, "device": "meta"}
        name = known.name
        if known.operator and _spelled_as_operator(sys._getframe(1)):
            name = f"torch.Tensor.__{known.bare}__"
        caller, own = recorder.function, len(recorder.functions)
        recorder.function = own
        inputs, options = known.bind(recorder, args, kwargs)
        recorder.functions.append(FunctionCall(name, inputs, options, (), recorder.call, caller))
        if known.body is not None:
            with self:
                result = known.body(*args, **kwargs)
        else:
            try:
                result = func(*args, **kwargs)
            except RuntimeError as error:
                if "same device" not in str(error):
                    raise
                # A tensor that the model keeps as a plain attribute, or has made on the CPU.
                result = func(*_on_meta(args), **_on_meta(kwargs))
        recorder.functions[own] = FunctionCall(name, inputs, options, recorder.outputs(result), recorder.call, caller)
        recorder.function = caller
        return result


class _Operators(TorchDispatchMode):
    """Level 3. Answers shapes itself where it can."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.recorder = recorder

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        rule = RULES.get(func)
        result = rule(*args, **kwargs) if rule is not None else None
        if result is None:
            result = func(*args, **kwargs)
        bare = func._overloadpacket.__name__
        if bare in _VIEWS:
            return result
        recorder = self.recorder
        options = {"transposed": args[6]} if bare == "convolution" else NOTHING
        recorder.operators.append(
            Operator(
                "aten." + bare,
                recorder.shapes(args),
                options,
                recorder.outputs(result),
                recorder.call,
                recorder.function,
            )
        )
        return result


class _Function:
    """What is known of one torch function, found out when it is first called."""

    def __init__(self, func: Any) -> None:
        self.bare: str = getattr(func, "__name__", str(func))
        self.name = _qualified(func, self.bare)
        # Properties of a tensor, and calls that ask or switch something.
        self.silent = self.bare in _SILENT
        self.operator = self.name.startswith("torch.Tensor.") and self.bare in _OPERATORS
        self.constructor = self.bare in _CONSTRUCTORS and self.name.startswith("torch.") and "Tensor" not in self.name
        self.signature = SIGNATURES.get(self.bare)
        self.body = _without_checks(func) if func in _ENTERED else None

    def bind(
        self, recorder: Recorder, args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> tuple[tuple[Shape | None, ...], Mapping[str, Plain]]:
        """The shapes of the tensors among the arguments, and the other arguments that the signature names."""
        if self.signature is None:
            return recorder.shapes(args, kwargs), NOTHING
        if kwargs:
            bound = dict(zip(self.signature, args, strict=False)) | dict(kwargs)
            args = (*(bound.pop(name, None) for name in self.signature), *bound.values())
        options = {
            name: plain
            for name, value in zip(self.signature, args, strict=False)
            if value is not None and not isinstance(value, torch.Tensor) and (plain := as_plain(value)) is not None
        }
        return recorder.shapes(args), options or NOTHING


_SILENT = frozenset(
    str.split("""
    __get__ __set__ _assert _set_grad_enabled _is_view data_ptr dim element_size get_device is_complex is_contiguous
    is_floating_point is_inference is_same_size is_storage_sharing ndimension nelement numel requires_grad_ size
    storage_offset stride __len__ __iter__ __hash__ __format__ __repr__ is_signed is_pinned device finfo iinfo
    is_grad_enabled type
    """)
)
_ENTERED = frozenset(
    {
        F.multi_head_attention_forward,
        F.interpolate,
        F.upsample,
        F.upsample_nearest,
        F.upsample_bilinear,
        F.local_response_norm,
        F.normalize,
        F.gumbel_softmax,
    }
)
"""Functions written in Python that call further ones which some tool counts."""


def _on_meta(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return value.to("meta")
    if isinstance(value, list | tuple):
        return type(value)(map(_on_meta, value)) if type(value) in (list, tuple) else value
    return {name: _on_meta(each) for name, each in value.items()} if isinstance(value, dict) else value


def as_plain(value: Any) -> Plain:
    """A number, text or tuple of those as plain data; `None` for anything else."""
    if isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        items = tuple(as_plain(item) for item in value)
        return items if None not in items else None
    return None


def _qualified(func: Any, bare: str) -> str:
    if getattr(F, bare, None) is func:
        return f"torch.nn.functional.{bare}"
    module = getattr(func, "__module__", None)
    if module is None or module == "torch._tensor":
        return f"torch.Tensor.{bare}"
    return f"torch.{bare}" if module == "torch.functional" else f"{module}.{bare}"


def _without_checks(func: FunctionType) -> FunctionType:
    """A copy of a torch function that does not hand itself over to a function mode again, so that it can be entered."""
    scope = dict(func.__globals__)
    scope.update((check, lambda *_: False) for check in _CHECKS)
    copy = FunctionType(func.__code__, scope, func.__name__, func.__defaults__, func.__closure__)
    copy.__kwdefaults__ = func.__kwdefaults__
    return copy


def _spelled_as_operator(frame: FrameType) -> bool:
    """Whether the running instruction is `*`, `+` or `@`: torch gives the operator and the method the same name."""
    return frame.f_code.co_code[frame.f_lasti] == _BINARY_OP
