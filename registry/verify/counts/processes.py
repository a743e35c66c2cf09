"""Run a function over many jobs in processes, each job bounded in time and memory, no failure stopping the rest."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any, Generic, TypeVar

from registry.types import MirError

In = TypeVar("In")
Out = TypeVar("Out")


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What one job may use.

    Attributes:
        seconds: Time; a job that takes longer is stopped.
        memory: Bytes of address space beyond what the process starts with; `None` sets no limit. Systems without
            `resource` have none.
    """

    seconds: float = 120.0
    memory: int | None = 8 * 2**30


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """A job that gave no result, and why in one sentence.

    Attributes:
        reason: The sentence.
        expected: True where the function itself said that it cannot be done (a `MirError`).
    """

    reason: str
    expected: bool = False


def run(
    function: Callable[[In], Out], jobs: Sequence[In], *, workers: int, limits: Limits
) -> Iterator[tuple[int, Out | Failure]]:
    """Call `function` on every job.

    Args:
        function: A function that pickles, as its jobs and results do.
        jobs: What to call it on.
        workers: Number of processes; 0 runs every job in this process, without limits.
        limits: What one job may use.

    Yields:
        Index of the job, and its result or failure, as they finish.
    """
    if workers == 0:
        for index, job in enumerate(jobs):
            yield index, _call(function, job)
        return
    context = _context()
    waiting = iter(enumerate(jobs))
    pool = [_Worker(context, function, limits) for _ in range(min(workers, len(jobs)))]
    try:
        busy = {worker for worker in pool if worker.next(waiting)}
        while busy:
            for worker in list(busy):
                index = worker.index
                result = worker.result()
                if result is not None:
                    yield index, result
                    if not worker.next(waiting):
                        busy.discard(worker)
            wait([worker.pipe for worker in busy], timeout=max(0.0, min((each.left for each in busy), default=0.0)))
    finally:
        for worker in pool:
            worker.stop()


def _call(function: Callable[[In], Out], job: In) -> Out | Failure:
    try:
        return function(job)
    except MirError as error:
        return Failure(reason=error.message, expected=True)
    except MemoryError:
        return Failure(reason="it needs more memory than it may use")
    except Exception as error:  # noqa: BLE001 - one stranger's model must not stop the others
        text = str(error).strip().splitlines()
        return Failure(reason=f"{type(error).__name__}: {text[0][:200]}" if text else type(error).__name__)


class _Worker(Generic[In, Out]):
    """One process and the job that it has; it is replaced when it dies or is stopped."""

    def __init__(self, context: BaseContext, function: Callable[[In], Out], limits: Limits) -> None:
        self.context, self.function, self.limits = context, function, limits
        self.index = -1
        self._since = 0.0
        self._started = False

    def _start(self) -> None:
        self.pipe, theirs = self.context.Pipe()
        make: Any = self.context.Process  # type: ignore[attr-defined]
        self._process = make(target=_serve, args=(theirs, self.function, self.limits.memory), daemon=True)
        self._process.start()
        theirs.close()
        self._started = True

    @property
    def left(self) -> float:
        """Seconds that the job still has."""
        return self._since + self.limits.seconds - time.monotonic()

    def next(self, waiting: Iterator[tuple[int, In]]) -> bool:
        """Take the next job; False where there is none."""
        taken = next(waiting, None)
        if taken is None:
            return False
        if not self._started:
            self._start()
        self.index, job = taken
        self._since = time.monotonic()
        self.pipe.send(job)
        return True

    def result(self) -> Out | Failure | None:
        """What the job came to; `None` while it runs."""
        try:
            if self.pipe.poll():
                received: Out | Failure = self.pipe.recv()
                return received
        except (EOFError, ConnectionError):
            self._process.join()
            code = self._process.exitcode or 0
            self.stop()
            killed = f"was killed (signal {-code}), most likely for want of memory"
            return Failure(reason=f"its process {killed if code < 0 else f'ended itself (exit code {code})'}")
        if self.left <= 0:
            self.stop()
            return Failure(reason=f"it takes longer than the {self.limits.seconds:g} seconds that it may take")
        return None

    def stop(self) -> None:
        """End the process."""
        if self._started:
            self._process.kill()
            self._process.join()
            self.pipe.close()
            self._started = False


def _serve(pipe: Connection, function: Callable[[Any], Any], memory: int | None) -> None:
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    # An interrupt is the parent's to handle; it stops its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if memory is not None:
        _limit_memory(memory)
    while True:
        try:
            pipe.send(_call(function, pipe.recv()))
        except (EOFError, ConnectionError):
            # The parent is gone.
            return


def _limit_memory(memory: int) -> None:
    try:
        import resource

        used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    except (ImportError, OSError):  # neither Windows nor macOS can say
        return
    most = resource.getrlimit(resource.RLIMIT_AS)[1]
    wanted = used + memory if most == resource.RLIM_INFINITY else min(used + memory, most)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, most))


def _context() -> BaseContext:
    """Processes that share nothing with this one, whose threads a fork would break.

    Where the system can, they are forked off a server that has loaded torch already.
    """
    if "forkserver" in multiprocessing.get_all_start_methods():
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["registry.verify.counts.measure"])
        return context
    return multiprocessing.get_context("spawn")
