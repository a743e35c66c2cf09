"""Tasks in processes of this machine, each bounded in time and memory, no failure stopping the rest."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Generator
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from typing import Any, Generic, TypeVar

from registry.verify.engines.base import Failure, Task, call

In = TypeVar("In")
Out = TypeVar("Out")

_FOREVER = 3600.0
"""Seconds to wait for a result where no task has a limit."""


class Processes:
    """Processes of this machine.

    Tasks that ask for GPUs run one at a time: each is given every device that the user named. No more tasks run
    together than the main memory has room for; one that asks for all of it runs alone.

    Args:
        workers: Number of processes; one a core where `None`.
    """

    in_process = False

    def __init__(self, workers: int | None = None) -> None:
        self._workers = workers or _cores()

    def cores(self, gpus: float) -> int | None:
        """A process's share; all of them for the one task that uses GPUs."""
        return None if gpus else max(1, _cores() // self._workers)

    def place(self, device: str) -> tuple[str, float]:
        """What the user says, and whether that is a GPU."""
        if device == "auto":
            import torch

            device = "cuda" if torch.cuda.is_available() else "cpu"
        return device, float(device.count("cuda"))

    def attempt(
        self, function: Callable[[In], Out], take: Callable[[], Task[In] | None]
    ) -> Generator[tuple[Task[In], Out | Failure]]:
        """See `Engine`."""
        context = _context()
        threads = max(1, _cores() // self._workers)
        idle = [_Worker(context, function, threads) for _ in range(self._workers)]
        busy: list[_Worker[In, Out]] = []
        held: Task[In] | None = None
        try:
            while True:
                while idle and (task := held or take()) is not None:
                    held = None if _fits(task, [each.task for each in busy]) else task
                    if held is not None:
                        break
                    worker = idle.pop()
                    worker.begin(task)
                    busy.append(worker)
                if not busy:
                    return
                wait([each.pipe for each in busy], timeout=max(0.0, min(each.left for each in busy)))
                for worker in list(busy):
                    result = worker.result()
                    if result is not None:
                        task = worker.task
                        busy.remove(worker)
                        idle.append(worker)
                        yield task, result
        finally:
            for worker in (*idle, *busy):
                worker.stop()


def _fits(task: Task[Any], running: list[Task[Any]]) -> bool:
    if not running:
        return True
    if task.resources.gpus and any(each.resources.gpus for each in running):
        return False
    return sum(each.resources.memory for each in running) + task.resources.memory <= _memory()


class _Worker(Generic[In, Out]):
    """One process and the task that it has; it is replaced when it dies or is stopped."""

    task: Task[In]

    def __init__(self, context: BaseContext, function: Callable[[In], Out], threads: int) -> None:
        self._context, self._function, self._threads = context, function, threads
        self._since = 0.0
        self._started = False

    def _start(self) -> None:
        self.pipe, theirs = self._context.Pipe()
        make: Any = self._context.Process  # type: ignore[attr-defined]
        # Not a daemon, which might not start processes that decode pictures; it watches its parent itself.
        self._process = make(target=_serve, args=(theirs, self._function, self._threads))
        self._process.start()
        theirs.close()
        self._started = True

    @property
    def left(self) -> float:
        """Seconds that the task still has."""
        seconds = self.task.resources.seconds
        return _FOREVER if seconds is None else self._since + seconds - time.monotonic()

    def begin(self, task: Task[In]) -> None:
        """Take a task."""
        if not self._started:
            self._start()
        self.task = task
        self._since = time.monotonic()
        try:
            self.pipe.send((task.item, task.resources.most))
        except ConnectionError:
            # It died while it had nothing to do.
            self.stop()
            self._start()
            self.pipe.send((task.item, task.resources.most))

    def result(self) -> Out | Failure | None:
        """What the task came to; `None` while it runs."""
        try:
            if self.pipe.poll():
                received: Out | Failure = self.pipe.recv()
                return received
        except (EOFError, ConnectionError):
            self._process.join()
            code = self._process.exitcode or 0
            self.stop()
            killed = f"was killed (signal {-code}), most likely for want of memory"
            said = f"its process {killed if code < 0 else f'ended itself (exit code {code})'}"
            return Failure(reason=said, lost=True)
        if self.left <= 0:
            self.stop()
            said = f"it takes longer than the {self.task.resources.seconds:g} seconds that it may take"
            return Failure(reason=said, lost=True)
        return None

    def stop(self) -> None:
        """End the process."""
        if self._started:
            self._process.kill()
            self._process.join()
            self.pipe.close()
            self._started = False


def _serve(pipe: Connection, function: Callable[[Any], Any], threads: int) -> None:
    os.environ.setdefault("OMP_NUM_THREADS", str(threads))
    if "torch" in sys.modules:
        # Loaded before it could read that; as many threads in each process as there are cores would get in the way.
        sys.modules["torch"].set_num_threads(threads)
    # An interrupt is the parent's to handle; it stops its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_parent, daemon=True).start()
    while True:
        try:
            item, most = pipe.recv()
            pipe.send(call(function, item, most=most))
        except (EOFError, ConnectionError):
            # The parent is gone.
            return


def _end_with_the_parent() -> None:
    """A parent that is killed leaves nobody behind who works for an hour for nobody."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _memory() -> int:
    """Bytes of this machine's main memory."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, AttributeError, OSError):  # a system that does not say
        return 1 << 62


def _context() -> BaseContext:
    """Processes that share nothing with this one, whose threads a fork would break.

    Where the system can, they are forked off a server that has loaded torch already.
    """
    if "forkserver" in multiprocessing.get_all_start_methods():
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["registry.verify.counts.measure"])
        return context
    return multiprocessing.get_context("spawn")
