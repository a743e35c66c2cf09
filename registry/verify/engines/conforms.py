"""Whether what another process answered is what was asked for: whoever runs there can put anything in its place."""

from __future__ import annotations

import math
import sys
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from functools import cache, partial
from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin


def conforms(value: Any, kind: Any) -> bool:
    """Whether a value is of a type, through all that it holds. `Any` is plain data there, and no number is NaN.

    >>> conforms((1, "a"), tuple[int, str]), conforms([1, "a"], list[int]), conforms(float("nan"), float)
    (True, False, False)
    """
    try:
        return _conforms(value, kind)
    except RecursionError:  # it holds itself
        return False


def is_plain_data(kind: Any) -> bool:
    """Whether a type holds named values and does nothing: a data class or a named tuple.

    >>> is_plain_data(Decimal), is_plain_data(typing.NamedTuple("Point", [("x", int)]))
    (False, True)
    """
    return isinstance(kind, type) and (is_dataclass(kind) or (issubclass(kind, tuple) and hasattr(kind, "_fields")))


def returned(function: Callable[..., Any]) -> Any:
    """The type of what a function returns, `Any` where it does not say."""
    while isinstance(function, partial):
        function = function.func
    try:
        return typing.get_type_hints(function).get("return", Any)
    except (NameError, TypeError):  # a name that only type checkers import; a built-in function
        return Any


def _conforms(value: Any, kind: Any) -> bool:
    origin, of = get_origin(kind), get_args(kind)
    if kind in (Any, object):
        return _is_plain(value)
    if origin in (typing.Union, UnionType):
        return any(_conforms(value, member) for member in of)
    if origin is Literal:
        return isinstance(value, str) and value in of
    if origin is tuple and of[1:] != (...,):
        return isinstance(value, tuple) and len(value) == len(of) and all(map(_conforms, value, of))
    if origin in (arrays := _of_numpy()):
        return isinstance(value, arrays) and value.dtype.kind != "O"
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return isinstance(value, dict) and all(
            _conforms(key, of[0]) and _conforms(item, of[1]) for key, item in value.items()
        )
    if isinstance(origin, type) and issubclass(origin, Sequence):
        return isinstance(value, list | tuple) and all(_conforms(item, of[0]) for item in value)
    if is_plain_data(kind):
        return isinstance(value, typing.cast(type, kind)) and all(
            _conforms(getattr(value, name, _MISSING), annotation)
            for name, annotation in _kinds(typing.cast(type, kind)).items()
        )
    if kind is float:
        return isinstance(value, int | float) and math.isfinite(value)
    return isinstance(value, NoneType if kind is None else kind)


def _is_plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str | int) and _is_plain(item) for key, item in value.items())
    if is_plain_data(type(value)):
        return _conforms(value, type(value))
    if isinstance(value, list | tuple):
        return all(map(_is_plain, value))
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or isinstance(value, (int, str, date, Decimal, *_of_numpy()))


def _of_numpy() -> tuple[type[Any], ...]:
    """Types of NumPy; none where nobody has imported it, as nobody has who checks evidence of counts."""
    numpy = sys.modules.get("numpy")
    return () if numpy is None else (numpy.generic, numpy.ndarray)


_MISSING = object()


@cache
def _kinds(kind: typing.Hashable) -> Mapping[str, Any]:
    hints = typing.get_type_hints(kind)
    names = getattr(kind, "_fields", None) or [field.name for field in fields(typing.cast(Any, kind))]
    return {name: hints[name] for name in names}
