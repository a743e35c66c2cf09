"""Run torch's higher-order operators, which take functions, as the plain Python that they stand for.

Torch's own kernels refuse to run while a mode looks on. Here the function's operators are recorded one by one: of
`cond` the branch that is taken, of loops as many rounds as there are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch


def run_higher_order(operator: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """The operator's result."""
    replacement = _KNOWN.get(operator.name())
    if replacement is not None:
        return replacement(*args, **kwargs)
    return operator.py_kernels[torch._C.DispatchKey.CompositeExplicitAutograd](*args, **kwargs)


def _cond(pred: Any, true: Callable[..., Any], false: Callable[..., Any], operands: Any) -> Any:
    return (true if bool(pred) else false)(*operands)


def _while_loop(going: Callable[..., Any], body: Callable[..., Any], carried: Any, additional: Any) -> Any:
    while bool(going(*carried, *additional)):
        carried = body(*carried, *additional)
    return carried


def _scan(combine: Callable[..., Any], init: Any, xs: Any, additional_inputs: Any = ()) -> Any:
    from torch._higher_order_ops.scan import generic_scan

    return generic_scan(combine, init, xs, additional_inputs=additional_inputs)


_KNOWN: dict[str, Callable[..., Any]] = {"cond": _cond, "while_loop": _while_loop, "scan": _scan}
