"""What is known of a torch function: its name, how its arguments are told apart, whether it is looked into."""

from __future__ import annotations

import dis
from collections.abc import Mapping
from types import FrameType, FunctionType
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812

from registry.verify.trace.attributes import SIGNATURES
from registry.verify.trace.data import Plain
from registry.verify.trace.direct import DIRECT, is_view

_CONSTRUCTORS = frozenset(
    str.split("""
    arange as_tensor empty empty_permuted empty_strided eye full hann_window linspace logspace ones rand randint randn
    randperm scalar_tensor sparse_coo_tensor tensor tril_indices triu_indices zeros
    """)
)
_CHOOSES_DEVICE = frozenset({"to"} | _CONSTRUCTORS)
_LEAVES_TORCH = frozenset({"numpy", "__array__", "__dlpack__"})
_IGNORED = frozenset(
    # Properties of a tensor, and calls that ask or switch something.
    str.split("""
    __get__ __set__ _assert _set_grad_enabled _is_view data_ptr dim element_size get_device is_complex is_contiguous
    is_floating_point is_inference is_same_size is_storage_sharing ndimension nelement numel requires_grad_ size
    storage_offset stride __len__ __iter__ __hash__ __format__ __repr__ is_signed is_pinned device finfo iinfo
    is_grad_enabled
    """)
)
_LOOKED_INTO = frozenset(
    # Written in Python, and calling further functions that some tool counts.
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
_OPERATORS = frozenset({"add", "matmul", "mul"})
_BINARY_OP = dis.opmap["BINARY_OP"]
_CHECKS = ("has_torch_function", "has_torch_function_unary", "has_torch_function_variadic")


class Function:
    """What is known of one torch function, found out when it is first called.

    Attributes:
        ignored: Not worth recording.
        constructor: Makes a tensor on a device of its choice.
        chooses_device: Puts a tensor on a device of its choice.
        moves_only: Moves it there and does nothing else, which a recorded run leaves out.
        leaves_torch: Hands a tensor's values to something that is not torch.
        direct: What it does can be told without running it.
        is_view: It is made of views alone, which are not recorded; `indexes`: where its index is by position.
        body: For a function that is looked into, what to run instead of it; else `None`.
    """

    def __init__(self, func: Any) -> None:
        self._bare: str = getattr(func, "__name__", str(func))
        self._name = _qualified(func, self._bare)
        self._signature = SIGNATURES.get(self._bare)
        self._operator = self._name.startswith("torch.Tensor.") and self._bare in _OPERATORS
        self.ignored = self._bare in _IGNORED
        self.constructor = self._name == f"torch.{self._bare}" and self._bare in _CONSTRUCTORS
        self.moves_only = self._bare in ("cuda", "cpu")
        self.chooses_device = self._bare in _CHOOSES_DEVICE
        self.leaves_torch = self._bare in _LEAVES_TORCH
        self.direct = func in DIRECT
        self.is_view = is_view(self._bare, self._name)
        self.indexes = self._name == "torch.Tensor.__getitem__"
        self.body = _without_checks(func) if func in _LOOKED_INTO else None

    def name(self, frame: FrameType) -> str:
        """The function's name as the code of `frame` spells it: `x * y` is `torch.Tensor.__mul__`."""
        if self._operator and _is_operator(frame, self._bare):
            return f"torch.Tensor.__{self._bare}__"
        return self._name

    def bind(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> tuple[tuple[Any, ...], dict[str, Plain]]:
        """All arguments in the order of the signature, where there is one, and those of them that are plain data."""
        if self._signature is None:
            return (*args, *kwargs.values()) if kwargs else args, {}
        if kwargs:
            bound = dict(zip(self._signature, args, strict=False)) | dict(kwargs)
            args = (*(bound.pop(name, None) for name in self._signature), *bound.values())
        options: dict[str, Plain] = {
            name: plain
            for name, value in zip(self._signature, args, strict=False)
            if value is not None and not isinstance(value, torch.Tensor) and (plain := as_plain(value)) is not None
        }
        return args, options


def as_plain(value: Any) -> Plain:
    """A number, text or tuple of those as plain data; `None` for anything else."""
    if isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        items = tuple(as_plain(item) for item in value)
        return items if None not in items else None
    return None


def on_meta(value: Any) -> Any:
    """An argument with its tensors on the meta device."""
    if isinstance(value, torch.Tensor):
        return value.to("meta")
    if type(value) in (list, tuple):
        return type(value)(map(on_meta, value))
    return {name: on_meta(member) for name, member in value.items()} if isinstance(value, dict) else value


def _qualified(func: Any, bare: str) -> str:
    if getattr(F, bare, None) is func:
        return f"torch.nn.functional.{bare}"
    module = getattr(func, "__module__", None)
    if module is None or module == "torch._tensor":
        return f"torch.Tensor.{bare}"
    library = module.removeprefix("torch._ops.")
    if library != module and library != "aten":
        return f"{module}.{library}::{bare}"  # as torch.jit writes it: no conv2d is meant that torch itself has
    return f"torch.{bare}" if module == "torch.functional" else f"{module}.{bare}"


def _without_checks(func: FunctionType) -> FunctionType:
    """A copy of a torch function that does not hand itself over to a function mode again, so that it can be entered."""
    scope = dict(func.__globals__)
    scope.update((check, lambda *_: False) for check in _CHECKS)
    copy = FunctionType(func.__code__, scope, func.__name__, func.__defaults__, func.__closure__)
    copy.__kwdefaults__ = func.__kwdefaults__
    return copy


def _is_operator(frame: FrameType, method: str) -> bool:
    """Whether code runs `*`, `+` or `@` just now, not the method, which torch gives the same name.

    `sum` adds too, in code that does not name the method.
    """
    code = frame.f_code
    return code.co_code[frame.f_lasti] == _BINARY_OP or method not in code.co_names
