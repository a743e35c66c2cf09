"""Whether code asks on which device it runs: on the meta device it may then do something else than with values."""

from __future__ import annotations

import dis
import os
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import torch

_NOT_THE_MODEL_S = tuple(f"{Path(file).parent}{os.sep}" for file in (torch.__file__, __file__))
"""As the system names the files in them."""

_COMPARES = ("COMPARE_OP", "CONTAINS_OP")


def checks_device(code: CodeType, scope: Mapping[str, Any]) -> bool:
    """Whether a function, or one that it names, mentions the meta device, or compares something with "cpu".

    Args:
        code: Of the function; torch's own and ours ask for their own reasons, and are not looked at.
        scope: The function's globals.
    """
    if code.co_filename.startswith(_NOT_THE_MODEL_S):
        return False
    if _mentions_meta(code) or _compares_with_cpu(code):
        return True
    mentioned = (scope.get(name) for name in code.co_names)
    own = (function.__code__ for function in mentioned if isinstance(function, FunctionType))
    return any(_mentions_meta(other) for other in own if not other.co_filename.startswith(_NOT_THE_MODEL_S))


def _mentions_meta(code: CodeType) -> bool:
    return "meta" in _words(code.co_consts) or not {"is_meta", "is_cpu"}.isdisjoint(code.co_names)


def _compares_with_cpu(code: CodeType) -> bool:
    if "cpu" not in _words(code.co_consts):
        return False
    return any(
        step.opname == "LOAD_CONST" and after.opname in _COMPARES and "cpu" in _words((step.argval,))
        for step, after in pairwise(dis.get_instructions(code))
    )


def _words(constants: Any) -> Iterator[str]:
    for constant in constants:
        if isinstance(constant, str):
            yield constant
        elif isinstance(constant, tuple | frozenset):
            yield from _words(constant)
