"""What an engine is given and what it gives back. Where a job runs changes nothing of what it returns."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from registry.types import MirError, Unverifiable

In = TypeVar("In")
Out = TypeVar("Out")


@dataclass(frozen=True, kw_only=True, slots=True)
class Resources:
    """What one task asks for, and what it may not go beyond.

    Attributes:
        gpus: GPUs that it is given.
        memory: Bytes of main memory that it is likely to use; tasks are placed by it.
        seconds: Time from its start; what takes longer is stopped. `None` sets no limit.
        most: Bytes of address space that it may take beyond what its process has; `None` sets no limit, and systems
            that cannot say what a process has set none either.
        alone: Whether its process ends with it: what untrusted code changed there, such as a default of torch, a
            module or a thread, would be another task's failure.
    """

    gpus: float = 0
    memory: int = 0
    seconds: float | None = None
    most: int | None = None
    alone: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class EngineTask(Generic[In]):
    """One call of the function that an engine runs.

    Attributes:
        number: Which task of the run it is.
        resources: What it asks for.
        avoid: Places where it failed before; it is tried elsewhere where that can be.
    """

    number: int
    item: In
    resources: Resources
    avoid: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """A task that gave no result.

    Attributes:
        reason: Why, in one sentence.
        expected: Whether the function itself said that it cannot be done here (`Unverifiable`).
        lost: Whether the place failed and not the function: its process died, its node left, it hung. Another try
            may come to a result.
        where: The place, for the next try to avoid.
        ended: Whether it ended the process that it ran in, or had to be ended with it.
    """

    reason: str
    expected: bool = False
    lost: bool = False
    where: str = ""
    ended: bool = field(default=False, compare=False)


class NotHereError(Unverifiable):
    """This machine lacks what another may have, such as a dataset: the task is tried elsewhere."""


class Engine(Protocol):
    """A place for tasks to run.

    Attributes:
        in_process: Whether tasks run in this very process: then what they are given need not pickle, and they had
            better share what they read.
    """

    @property
    def in_process(self) -> bool: ...  # noqa: D102

    def cores(self, gpus: float) -> int | None:
        """Processor cores that a task may use which asks for so many GPUs; `None` where all are its own."""

    def place(self, device: str) -> tuple[str, float]:
        """Where a task is to run models, and how many GPUs it asks for, when the user says `device`."""

    def attempt(
        self, function: Callable[[In], Out], take: Callable[[], EngineTask[In] | None]
    ) -> Generator[tuple[EngineTask[In], Out | Failure]]:
        """Try tasks, each once, as long as there are any.

        Args:
            function: What to call on each task's item: a function of a module, or a `partial` of one.
            take: Gives the next task, `None` where none waits just now. It is asked again after each result.

        Yields:
            Each task and what it came to, as they finish. An iterator that is closed stops its tasks.
        """


def call(
    function: Callable[[In], Out], item: In, *, most: int | None = None, interrupts: bool = False
) -> Out | Failure:
    """Call a function within a bound on memory (`Resources.most`); whatever it raises becomes a value.

    Args:
        function: What to call.
        item: On what.
        most: See `Resources.most`.
        interrupts: Whether an interrupt is the function's own doing, because nobody can send this process one.
    """
    try:
        with _bounded(most):
            return function(item)
    except Unverifiable as error:
        return Failure(reason=error.message, expected=True, lost=isinstance(error, NotHereError))
    except MirError as error:
        return Failure(reason=error.message)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - one model must not stop the others
        return Failure(reason=error_text(error))
    except BaseException as error:  # of classes that untrusted code derived from it, too
        if not interrupts:
            raise
        return Failure(reason=error_text(error))


def error_text(error: BaseException) -> str:
    """What untrusted code raised, in one line."""
    if isinstance(error, SystemExit):
        return f"it asked to end its process (exit code {error.code!r:.40})"
    try:
        first = str(error).strip().partition("\n")[0]
    except Exception:  # noqa: BLE001 - its class is untrusted too
        first = ""
    if isinstance(error, MemoryError) or _NO_MEMORY.search(first):
        return "it needs more memory than it may use"
    return f"{type(error).__name__}: {first[:200]}" if first else type(error).__name__


def within_worker() -> None:
    """Note that this process runs untrusted code for another, under its limits."""
    global _within_worker
    _within_worker = True


def is_worker() -> bool:
    """Whether this process runs untrusted code for another, so that what it runs is bounded already."""
    return _within_worker


_within_worker = False

_NO_MEMORY = re.compile(
    r"can't allocate memory|Cannot allocate memory|not enough memory|std::bad_alloc|Unable to allocate"
)
"""How torch, the system, C++ and NumPy say so."""


@contextmanager
def _bounded(memory: int | None) -> Iterator[None]:
    """Bound the address space for a while; the process may serve other tasks afterwards."""
    limits = _limits() if memory is not None else None
    if memory is None or limits is None:
        yield
        return
    module, used, (before, hard) = limits
    limit = used + memory if hard == module.RLIM_INFINITY else min(used + memory, hard)
    module.setrlimit(module.RLIMIT_AS, (limit, hard))
    try:
        yield
    finally:
        module.setrlimit(module.RLIMIT_AS, (before, hard))


def _limits() -> tuple[Any, int, tuple[int, int]] | None:
    try:
        import resource

        used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    except (ImportError, OSError):  # neither Windows nor macOS can say
        return None
    return resource, used, resource.getrlimit(resource.RLIMIT_AS)
