"""Calls of untrusted code in another process, under limits."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from registry.verify.engines.engine import EngineTask, Failure, Resources, call, is_worker
from registry.verify.engines.process import Processes, Worker
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


class WorkerBeside(Generic[In, Out]):
    """Small calls of one function, one after the other, in a process that is kept for them."""

    def __init__(self, function: Callable[[In], Out], limits: Resources) -> None:
        self._function, self._limits = function, limits
        self._worker: Worker[In, Out] = Worker(function, 1)
        self._turn = threading.Lock()

    def __call__(self, item: In) -> Out | Failure:
        """Call it; here where this is a worker, which is bounded already."""
        if is_worker():
            return call(self._function, item)
        with self._turn:
            return self._worker.run(EngineTask(number=0, item=item, resources=self._limits))
