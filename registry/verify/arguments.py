"""What a model is called with, as plain data: shapes and types of its tensors, and whatever else it takes.

A flat list of whole numbers is one sample without its batch, `(3, 224, 224)`; everything else gives shapes in full:
`[(1, 3, 224, 224), (1, 10)]` by place, `{"input_ids": ((1, 128), "int64")}` by name. In text a shape is `1x128`, and a
type follows a colon: `1x128:int64`. What is neither a tensor nor a shape is handed on as it is.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from registry.types import UsageError

_TEXT = re.compile(r"(?P<shape>\d{1,9}(?:x\d{1,9})*)(?::(?P<dtype>[a-z]\w{0,15}))?", re.ASCII)
_LARGEST = 2**34
"""Elements of one tensor."""

_SHORT = {
    "byte": "uint8",
    "char": "int8",
    "double": "float64",
    "float": "float32",
    "half": "float16",
    "int": "int32",
    "long": "int64",
    "short": "int16",
}
_NAMES = "bool uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64 complex64"
DTYPES = {**_SHORT, **{name: name for name in _NAMES.split()}}
"""Types of tensors by the names that they are asked for with."""


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """A tensor that a model takes.

    Attributes:
        shape: In full, with the batch.
        dtype: Its type; empty for the floating-point type of the model itself.
    """

    shape: tuple[int, ...]
    dtype: str = ""

    def __str__(self) -> str:
        shape = "x".join(map(str, self.shape)) or "a single number"
        return f"{shape}:{self.dtype}" if self.dtype else shape


@dataclass(frozen=True, kw_only=True, slots=True)
class Arguments:
    """All that a model is called with.

    Attributes:
        positional: By place: a `TensorSpec`, a tensor, a list of these, or anything else.
        keywords: The same by name.
    """

    positional: tuple[Any, ...] = ()
    keywords: Mapping[str, Any] = field(default_factory=dict)

    def tensors(self) -> list[TensorSpec]:
        """Every tensor that is told by its shape, in order."""
        specs: list[TensorSpec] = []
        waiting = [*self.positional, *self.keywords.values()]
        while waiting:
            argument = waiting.pop(0)
            if isinstance(argument, TensorSpec):
                specs.append(argument)
            elif isinstance(argument, list | tuple):
                waiting = [*argument, *waiting]
        return specs

    @property
    def tokens(self) -> int:
        """How many tokens of a text it holds, by the name that the field gives them; zero where there are none."""
        spec = self.keywords.get("input_ids")
        return math.prod(spec.shape[:2]) if isinstance(spec, TensorSpec) and len(spec.shape) == 2 else 0

    def resized(self, shape: Sequence[int]) -> Arguments:
        """The same with its first input in another shape, in full or without the batch, and what goes by its size.

        Masks and a decoder's tokens are as long as the text, and everything has the same batch.

        Raises:
            UsageError: The shape has another number of sides.

        >>> tokens, mask = TensorSpec((1, 128), "int64"), TensorSpec((1, 1, 128, 128), "bool")
        >>> str(Arguments(keywords={"input_ids": tokens, "attention_mask": mask}).resized((2, 64)))
        'input_ids=2x64:int64, attention_mask=2x1x64x64:bool'
        """
        name, first = next(
            (name, argument) for name, argument in self.keywords.items() if isinstance(argument, TensorSpec)
        )
        full = tuple(shape) if len(shape) == len(first.shape) else (first.shape[0], *shape)
        if len(full) != len(first.shape):
            raise UsageError(f"--input {'x'.join(map(str, shape))}: {name} has a shape such as {first}")
        length, batch = {first.shape[-1]: full[-1]} if first.dtype else {}, {first.shape[0]: full[0]}

        def fitting(spec: Any) -> Any:
            if not isinstance(spec, TensorSpec) or not spec.dtype:
                return spec
            rest = tuple(length.get(side, side) for side in spec.shape[1:])
            return _spec((batch.get(spec.shape[0], spec.shape[0]), *rest), spec.dtype)

        others = {keyword: fitting(spec) for keyword, spec in self.keywords.items() if keyword != name}
        return Arguments(positional=self.positional, keywords={name: _spec(full, first.dtype), **others})

    def __str__(self) -> str:
        keyword_texts = [f"{name}={_shown(value)}" for name, value in self.keywords.items()]
        return ", ".join([*map(_shown, self.positional), *keyword_texts])


def read_inputs(inputs: Any, others: Mapping[str, Any] | None = None) -> Arguments:
    """The arguments that a caller means.

    Args:
        inputs: A sample's shape, a list of inputs, a mapping of them by name, or one tensor; see the module.
        others: Further arguments by name.

    Raises:
        UsageError: A shape or a type cannot be understood.

    >>> str(read_inputs((3, 224, 224)))
    '1x3x224x224'
    >>> str(read_inputs({"input_ids": "1x128:int64"}, {"use_cache": False}))
    'input_ids=1x128:int64, use_cache=False'
    """
    further = dict(others or {})
    if isinstance(inputs, Mapping):
        return Arguments(keywords={str(name): _read(value) for name, value in inputs.items()} | further)
    if _is_shape(inputs):
        return Arguments(positional=(_spec((1, *inputs), ""),), keywords=further)
    if isinstance(inputs, list | tuple) and not _is_typed(inputs):
        return Arguments(positional=tuple(map(_read, inputs)), keywords=further)
    return Arguments(positional=(_read(inputs),), keywords=further)


def parse_input(text: str) -> tuple[str, TensorSpec]:
    """A name, which may be empty, and the tensor of an option such as `input_ids=1x128:int64`.

    A shape without name and type is a sample's, `3x224x224`, and gets a batch of one.

    Raises:
        UsageError: The text says no shape.
    """
    name, equals, description = text.strip().rpartition("=")
    match = _TEXT.fullmatch(description)
    if match is None or (equals and not name.isidentifier()):
        raise UsageError(
            f"--input {text}: it must be the input's shape without the batch, such as 3x224x224, or a shape in full "
            "with a name or a type, such as input_ids=1x128:int64"
        )
    shape = tuple(map(int, match["shape"].split("x")))
    dtype = match["dtype"] or ""
    return name, _spec(shape if name or dtype else (1, *shape), dtype)


def _read(value: Any) -> Any:
    if isinstance(value, str) and (match := _TEXT.fullmatch(value)):
        return _spec(tuple(map(int, match["shape"].split("x"))), match["dtype"] or "")
    if _is_shape(value):
        return _spec(tuple(value), "")
    if _is_typed(value):
        return _spec(tuple(value[0]), str(value[1]).removeprefix("torch."))
    if isinstance(value, Mapping) and "shape" in value and value.keys() <= {"shape", "dtype"}:
        return _spec(tuple(value["shape"]), str(value.get("dtype") or "").removeprefix("torch."))
    if isinstance(value, list):
        return [_read(item) for item in value]
    return value


def _spec(shape: tuple[int, ...], dtype: str) -> TensorSpec:
    if dtype and dtype not in DTYPES:
        raise UsageError(f"'{dtype}' is no type of tensor; there are {', '.join(sorted(set(DTYPES.values())))}")
    elements = 1
    for side in shape:
        elements *= side
    if any(side < 0 for side in shape) or elements > _LARGEST or len(shape) > 16:
        raise UsageError(f"{'x'.join(map(str, shape))} is no shape of an input")
    return TensorSpec(shape, DTYPES.get(dtype, ""))


def _is_shape(value: Any) -> bool:
    """Whether it is a flat list of whole numbers, or torch's size."""
    return (
        isinstance(value, list | tuple)
        and bool(value)
        and all(isinstance(side, int) and not isinstance(side, bool) for side in value)
    )


def _is_typed(value: Any) -> bool:
    """Whether it is a pair of a shape and a type: `((1, 128), "int64")`, `((1, 128), torch.int64)`."""
    if not isinstance(value, list | tuple) or len(value) != 2 or not (_is_shape(value[0]) or value[0] == ()):
        return False
    name = str(value[1]).removeprefix("torch.")
    return name in DTYPES


def _shown(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_shown, value))}]"
    shape = getattr(value, "shape", None)
    if isinstance(value, TensorSpec) or shape is None:
        return str(value)
    return "x".join(map(str, shape)) or "a single number"


def sample(size: Sequence[int], count: int = 1, *, listed: bool = False) -> Arguments:
    """One sample for each of `count` inputs of the same size; a list of one without its batch where `listed`."""
    if listed:
        return Arguments(positional=([TensorSpec(tuple(size))],))
    return Arguments(positional=(TensorSpec((1, *size)),) * count)
