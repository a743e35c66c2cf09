"""The recorder: runs a model on the meta device and writes down what it calls, on three linked levels."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import is_dataclass
from functools import cache
from math import inf
from time import monotonic
from types import CodeType
from typing import Any

import torch
from torch import nn
from torch._ops import HigherOrderOperator
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from registry.verify.trace.data import NOTHING, SPARSE, FunctionCall, ModuleCall, Operator, Plain, Shape
from registry.verify.trace.device_checks import checks_device
from registry.verify.trace.direct import WITHOUT_DISPATCH, direct, is_basic_index, is_plain
from registry.verify.trace.functions import Function, on_meta
from registry.verify.trace.higher_order import run_higher_order
from registry.verify.trace.shapes import RULES
from registry.verify.trace.unfused import on_device, unfused

_VIEWS = frozenset(
    str.split("""
    _conj _neg_view _reshape_alias _unsafe_view alias as_strided detach diagonal empty expand permute select slice split
    split_with_sizes squeeze t transpose unbind unsqueeze view view_as_complex view_as_real
    """)
)


_PLAIN = (torch.Tensor, nn.Parameter)

_PRODUCTS = frozenset({"mm", "addmm", "bmm", "baddbmm"})

_CONVOLUTIONS = frozenset({"convolution", "_convolution", "convolution_overrideable", "cudnn_convolution"})


@cache
def _decomposes(func: Any) -> bool:
    """Whether an operator is only a name for others: such come here whole in inference mode."""
    return torch._C._dispatch_has_kernel_for_dispatch_key(func.name(), "CompositeImplicitAutograd")


class Recorder:
    """Records one run. Use `with recorder.recording(): model(...)`, once.

    Args:
        modules: The model's modules, each with its index.
        all_on_meta: Whether what the model makes while it runs, without saying where, is made on meta too.
        seconds: How long a run with values may take; 0 for a run on meta.

    Attributes:
        outside: Functions that left torch.
        needed_values: Whether something failed only because meta has no values, even where the model passed over it.
        checks_device: Whether code that ran asks where it runs.
    """

    def __init__(self, modules: Mapping[nn.Module, int], *, all_on_meta: bool = True, seconds: float = 0.0) -> None:
        self.all_on_meta = all_on_meta
        self.device = "cpu" if seconds else "meta"
        self.until = monotonic() + seconds if seconds else inf
        self.outside: set[str] = set()
        self.needed_values = False
        self.checks_device = False
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
        unseen = torch._C.DisableTorchFunction  # to read a shape is a call as well

        def call(module: nn.Module, *args: Any, **kwargs: Any) -> Any:
            index = self.modules.get(module)
            if index is None:  # made while running, or by another thread
                return original(module, *args, **kwargs)
            caller, self.call = self.call, len(self.calls)
            own = self.call
            if kwargs or not all(type(argument) in _PLAIN for argument in args):
                inputs = self.shapes((*args, *kwargs.values()))
            else:
                with unseen():
                    inputs = self.shapes(args)
            self.calls.append(ModuleCall(index, caller, inputs, ()))
            try:
                result = original(module, *args, **kwargs)
                if type(result) not in _PLAIN:
                    outputs = self.outputs(result)
                else:
                    with unseen():
                        outputs = self.outputs(result)
                self.calls[own] = ModuleCall(index, caller, inputs, outputs)
            finally:
                self.call = caller
            return result

        nn.Module.__call__ = call  # type: ignore[method-assign]
        try:
            with torch.no_grad(), unfused(), _Operators(self), _Functions(self):
                yield
        finally:
            nn.Module.__call__ = original  # type: ignore[method-assign]

    def operator(self, name: str, args: Sequence[Any], options: Mapping[str, Plain], result: Any) -> None:
        """Record an operator, with its arguments and what it returned."""
        self.operators.append(
            Operator(name, self.shapes(args), options, self.outputs(result), self.call, self.function)
        )

    def shape(self, tensor: torch.Tensor) -> Shape:
        """The tensor's shape, one object for equal shapes so that the trace pickles small."""
        shape = tuple(tensor.shape)
        return self._shapes.setdefault(shape, shape)

    def shapes(self, args: Sequence[Any]) -> tuple[Shape | None, ...]:
        """Shapes of arguments in order, lists flattened, `None` for what is no tensor but stands before one."""
        found_shapes: list[Shape | None] = []
        for value in args:
            if isinstance(value, torch.Tensor):
                found_shapes.append(self.shape(value))
            elif isinstance(value, list | tuple) and value and isinstance(value[0], torch.Tensor):
                found_shapes.extend(self.shapes(value))
            else:
                found_shapes.append(None)
        while found_shapes and found_shapes[-1] is None:
            found_shapes.pop()
        return tuple(found_shapes)

    def outputs(self, result: Any) -> tuple[Shape, ...]:
        """Shapes of all tensors in a result, however nested."""
        if isinstance(result, torch.Tensor):
            return (self.shape(result),)
        if isinstance(result, Mapping):
            result = tuple(result.values())
        if isinstance(result, list | tuple):
            return tuple(shape for member in result for shape in self.outputs(member))
        return self.outputs(tuple(vars(result).values())) if is_dataclass(result) else ()


class _Functions(TorchFunctionMode):
    """Level 2. Also puts on the meta device what the model makes while it runs."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__()
        self.recorder = recorder
        self.known: dict[Any, Function] = {}
        self.read: set[CodeType] = set()

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        frame = sys._getframe(1)
        if frame.f_code not in self.read:
            self.read.add(frame.f_code)
            self.recorder.checks_device |= checks_device(frame.f_code, frame.f_globals)
        function = self.known.get(func)
        if function is None:
            function = self.known[func] = Function(func)
        if function.ignored:
            return func(*args, **kwargs)
        recorder = self.recorder
        if function.constructor and recorder.all_on_meta and kwargs.get("device") is None:
            kwargs = {**kwargs, "device": "meta"}
        elif function.moves_only and isinstance(args[0], torch.Tensor):
            return args[0]
        elif function.chooses_device:
            args, kwargs = on_device(args, kwargs, recorder.device)
        elif function.leaves_torch:
            recorder.outside.add(func.__name__.strip("_"))
        name = function.name(frame)
        ordered, options = function.bind(args, kwargs)
        inputs = recorder.shapes(ordered)
        caller, own = recorder.function, len(recorder.functions)
        recorder.function = own
        recorder.functions.append(FunctionCall(name, inputs, options, (), recorder.call, caller))
        try:
            result = self._run(function, func, args, kwargs)
        except Exception as error:
            recorder.needed_values |= "meta" in str(error).lower()
            raise
        finally:
            recorder.function = caller
        recorder.functions[own] = FunctionCall(name, inputs, options, recorder.outputs(result), recorder.call, caller)
        return result

    def _run(self, function: Function, func: Any, args: Any, kwargs: Any) -> Any:
        if function.body is not None:
            with self:
                return function.body(*args, **kwargs)
        if self.recorder.device == "meta":
            if function.direct:
                direct_call = direct(func, args, kwargs)
                if direct_call is not None:
                    self.recorder.operator(
                        direct_call.name, direct_call.tensors, direct_call.options, direct_call.outputs
                    )
                    return direct_call.result
            elif (function.is_view or (function.indexes and is_basic_index(args[1]))) and args and is_plain(args[0]):
                with WITHOUT_DISPATCH():
                    return func(*args, **kwargs)
        done = len(self.recorder.operators)
        try:
            return func(*args, **kwargs)
        except RuntimeError as error:
            if "same device" not in str(error):
                raise
        # A tensor that the model keeps as a plain attribute, or has made on the CPU.
        del self.recorder.operators[done:]
        return func(*on_meta(args), **on_meta(kwargs))


class _Operators(TorchDispatchMode):
    """Level 3. Answers shapes itself where it can."""

    supports_higher_order_operators = True

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Torch would load its compiler, for a second, to keep it away from this mode, under which nothing compiles."""
        return False

    def __init__(self, recorder: Recorder) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.recorder = recorder

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        recorder = self.recorder
        if monotonic() > recorder.until:
            raise TimeoutError("it took too long")
        if isinstance(func, HigherOrderOperator):
            with self:
                return run_higher_order(func, args, kwargs)
        if func is _FUSED_ON_CPU:
            with self:
                return _unfused_on_cpu(*args, **kwargs)
        rule = RULES.get(func) if recorder.device == "meta" else None
        result = rule(*args, **kwargs) if rule is not None else None
        if result is None:
            if _decomposes(func):
                with self:
                    return func.decompose(*args, **kwargs)
            result = func(*args, **kwargs)
        bare = func._overloadpacket.__name__
        if bare in _VIEWS:
            return result
        if bare in _PRODUCTS and any(isinstance(x, torch.Tensor) and x.layout is not torch.strided for x in args):
            recorder.outside.add(SPARSE)
        recorder.operator(f"{func.namespace}.{bare}", args, operator_options(bare, args), result)
        return result


_FUSED_ON_CPU = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu.default


def _unfused_on_cpu(query: Any, key: Any, value: Any, dropout: float = 0.0, causal: bool = False, **others: Any) -> Any:
    """Attention that a model wants fused, as the products that it is made of; torch's counter knows none on CPU."""
    mask, scale = others.get("attn_mask"), others.get("scale")
    result, _ = torch.ops.aten._scaled_dot_product_attention_math(
        query, key, value, mask, dropout, causal, None, scale=scale
    )
    return result, query.new_empty(query.shape[:-1])


_LENGTHS = {"_flash_attention_forward": 3, "_efficient_attention_forward": 4}
"""Attention over sequences laid end to end, and which argument says where each begins; the longest lengths follow."""


def operator_options(bare: str, args: Sequence[Any]) -> Mapping[str, Plain]:
    """What conventions read of an operator's arguments besides shapes."""
    if bare in _CONVOLUTIONS and len(args) > 6:
        return {"transposed": bool(args[6])}
    if bare == "convolution_backward" and len(args) > 10:
        return {"transposed": bool(args[7]), "output_mask": tuple(map(bool, args[10]))}
    place = _LENGTHS.get(bare, len(args))
    starts = args[place] if place + 3 < len(args) else None
    if not isinstance(starts, torch.Tensor):
        return NOTHING
    longest = tuple(int(length) for length in args[place + 2 : place + 4])
    ends = [starts, args[place + 1]]
    lengths = [
        (most,) * (len(end) - 1) if end.device.type == "meta" else tuple(end.diff().tolist())
        for end, most in zip(ends, longest, strict=True)
    ]
    return {"lengths": tuple(zip(*lengths, strict=True))}
