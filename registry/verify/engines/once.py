"""One call of strangers' code beside this process, under limits."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from registry.verify.engines.engine import Failure, Resources, call, is_worker
from registry.verify.engines.process import Processes
from registry.verify.engines.retry import run

In = TypeVar("In")
Out = TypeVar("Out")

LIMITS = Resources(seconds=120, most=8 << 30)
"""What one call may take: as much as counting a model."""


def in_worker(function: Callable[[In], Out], item: In, limits: Resources = LIMITS) -> Out | Failure:
    """Call a function in a process of its own, or here where this is a worker, which is bounded already.

    Args:
        function: A function of a module, or a `partial` of one.
        item: What to call it on; it pickles, as the result does.
        limits: Time and memory.
    """
    if is_worker():
        return call(function, item)
    ((_, result),) = run(Processes(1), function, [(item, limits)])
    return result
