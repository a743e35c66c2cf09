"""Tasks in processes of this machine, each bounded in time and memory, no failure stopping the rest."""

from __future__ import annotations

import atexit
import contextlib
import multiprocessing
import os
import pickle
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import replace
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from pathlib import Path
from types import ModuleType
from typing import Any, Generic, TypeVar

from registry.parallel import usable_cores
from registry.verify.engines.channel import LARGEST, Answers, AnswerTooLargeError, BrokenError, new_mark, unpickled
from registry.verify.engines.descendants import adopt_orphans, end_orphans
from registry.verify.engines.engine import EngineTask, Failure, error_text
from registry.verify.engines.worker import RETIRES, failure_of, serve

In = TypeVar("In")
Out = TypeVar("Out")

_FOREVER = 3600.0
"""Seconds to wait for a result where no task has a limit."""

_STARTING = 120.0
"""Seconds that a process has to start."""

_PATIENCE = 10.0
"""Seconds within which a process ends that is told to."""


class Processes:
    """Processes of this machine.

    Tasks that ask for GPUs run one at a time: each is given every device that the user named. No more tasks run
    together than the main memory has room for; one that asks for all of it runs alone.

    Args:
        workers: Number of processes; one a core where `None`.
    """

    in_process = False

    def __init__(self, workers: int | None = None) -> None:
        self._workers = workers or usable_cores()
        self._threads = max(1, usable_cores() // self._workers)

    def cores(self, gpus: float) -> int | None:
        """A process's share; all of them for the one task that uses GPUs."""
        return None if gpus else self._threads

    def place(self, device: str) -> tuple[str, float]:
        """What the user says, and whether that is a GPU."""
        if device == "auto":
            import torch

            device = "cuda" if torch.cuda.is_available() else "cpu"
        return device, float(device.count("cuda"))

    def attempt(
        self, function: Callable[[In], Out], take: Callable[[], EngineTask[In] | None]
    ) -> Generator[tuple[EngineTask[In], Out | Failure]]:
        """See `Engine`."""
        idle = [Worker(function, self._threads) for _ in range(self._workers)]
        busy: list[Worker[In, Out]] = []
        waiting: EngineTask[In] | None = None
        try:
            while True:
                while idle and (task := waiting or take()) is not None:
                    waiting = None if _fits(task, [worker.task for worker in busy]) else task
                    if waiting is not None:
                        break
                    worker = idle.pop()
                    worker.begin(task)
                    busy.append(worker)
                if not busy:
                    return
                wait(
                    [pipe for worker in busy for pipe in worker.pipes],
                    timeout=max(0.0, min(worker.left for worker in busy)),
                )
                for worker in list(busy):
                    done = worker.result()
                    if done is not None:
                        task = worker.task
                        busy.remove(worker)
                        idle.append(worker)
                        yield task, done[0]
        finally:
            stop([*idle, *busy])


def _fits(task: EngineTask[Any], running: list[EngineTask[Any]]) -> bool:
    if not running:
        return True
    if task.resources.gpus and any(active.resources.gpus for active in running):
        return False
    return sum(active.resources.memory for active in running) + task.resources.memory <= machine_memory()


class Worker(Generic[In, Out]):
    """A process that runs tasks, with the one above it (`worker.py`), and the task that it has.

    It is started with its first task, and replaced when it dies, is stopped, or leaves something running.
    """

    task: EngineTask[In]

    def __init__(self, function: Callable[[In], Out], threads: int) -> None:
        self._function, self._threads = function, threads
        self._since = 0.0
        self._process: Any = None

    @property
    def pipes(self) -> tuple[Connection, Connection]:
        """What becomes readable when the task has come to something."""
        return self._pipe, self._control

    @property
    def left(self) -> float:
        """Seconds that the task still has."""
        seconds = self.task.resources.seconds
        return _FOREVER if seconds is None else self._since + seconds - time.monotonic()

    def begin(self, task: EngineTask[In]) -> None:
        """Take a task."""
        self.task = task
        try:
            data = pickle.dumps((task.item, task.resources.most))
        except Exception as error:  # noqa: BLE001 - some of it may be untrusted code
            data = pickle.dumps((Failure(reason=f"it cannot go to another process: {error_text(error)}"), None))
        if self._process is None or self._control.poll():  # it died while it had nothing to do
            self._start()
        self._since = time.monotonic()
        with contextlib.suppress(ConnectionError):  # it dies just now, and `result` will say how
            self._pipe.send_bytes(data)

    def run(self, task: EngineTask[In]) -> Out | Failure:
        """Take a task, and wait for what it comes to."""
        self.begin(task)
        while (done := self.result()) is None:
            wait(self.pipes, timeout=min(max(self.left, 0.0), 1.0))
        return done[0]

    def result(self) -> tuple[Out | Failure] | None:
        """What the task came to, which may be nothing, in a tuple; `None` while it runs."""
        outcome: Out | Failure
        try:
            answer = self._answers.take()
            if answer is not None:
                outcome = unpickled(answer[1:])
                ended = isinstance(outcome, Failure) and outcome.ended
                if answer[:1] == RETIRES or self.task.resources.alone or ended:
                    stop([self])
                return (outcome,)
        except (EOFError, ConnectionError):
            pass  # the other end of the control says how it died
        except AnswerTooLargeError:
            stop([self])
            return (Failure(reason=f"its answer is larger than {LARGEST >> 20} MiB", ended=True),)
        except BrokenError:
            stop([self])
            return (Failure(reason="it wrote to the pipe of its process, where only answers belong", ended=True),)
        if self._control.poll():
            failure = self._end()
        elif self.left <= 0:
            # It would take as long again.
            failure = Failure(
                reason=f"it takes longer than the {self.task.resources.seconds:g} seconds that it may take"
            )
        else:
            return None
        stop([self])
        return (replace(failure, ended=True),)

    def _start(self) -> None:
        if self._process is not None:
            stop([self])
        context = _context()
        self._pipe, answer_pipe = context.Pipe()
        self._control, control = context.Pipe()
        mark = new_mark()
        self._answers = Answers(self._pipe, mark)
        make: Any = context.Process  # type: ignore[attr-defined]
        # Not a daemon, which might not start processes that decode pictures.
        self._folder = tempfile.mkdtemp(prefix="mir-worker-")
        arguments = answer_pipe, mark, control, self._function, self._threads, dict(os.environ), self._folder
        self._process = make(target=serve, args=arguments)
        _begin(self)
        with _silent_tracker(), _without_main():
            self._process.start()
        answer_pipe.close()
        control.close()
        # A limit on time begins when it can work: the first one waits until torch is loaded.
        until = time.monotonic() + _STARTING
        with contextlib.suppress(EOFError, ConnectionError):
            while wait(self.pipes, timeout=max(0.0, until - time.monotonic())) and not self._control.poll():
                if self._answers.take() is not None:
                    break

    def _end(self) -> Failure:
        try:
            return failure_of(self._control.recv())
        except (EOFError, ConnectionError):
            return Failure(reason="its process was killed, and the one above it", lost=True)

    def _ask_to_end(self) -> None:
        """Ask the process to end, with all that descends from it."""
        self._control.close()
        self._pipe.close()

    def _wait_for_end(self) -> None:
        """Wait until it has; it does, unless somebody stopped or killed it, and what it ran may be left then."""
        if self._process.pid is not None:  # else it did not even start
            _wake_server()
            self._process.join(_PATIENCE)
            if self._process.exitcode is None:
                self._process.kill()
                self._process.join()
            if self._process.exitcode:
                end_orphans(
                    {worker._process.pid for worker in _alive if worker is not self and worker._process is not None}
                )
        self._process = None
        # It does so itself, unless it was killed.
        shutil.rmtree(self._folder, ignore_errors=True)


@contextlib.contextmanager
def _silent_tracker() -> Iterator[None]:
    """Let the standard library's tracker of semaphores be silent about those of processes that were killed."""
    before = os.environ.get("PYTHONWARNINGS")
    os.environ["PYTHONWARNINGS"] = ",".join(filter(None, (before, "ignore:resource_tracker:UserWarning")))
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONWARNINGS"]
        else:
            os.environ["PYTHONWARNINGS"] = before


def stop(workers: Iterable[Worker[Any, Any]]) -> None:
    """End processes and whatever they started. It may be interrupted: what is left is ended with this process."""
    running = [worker for worker in workers if worker in _alive]
    for worker in running:
        worker._ask_to_end()
    for worker in running:
        worker._wait_for_end()
        _alive.discard(worker)
    if running and not _alive:
        adopt_orphans(adopts=_adopted_before)


def _begin(worker: Worker[Any, Any]) -> None:
    """Note that a worker's process runs from now on, and that what it may leave is to come here."""
    global _adopted_before
    if not _alive:
        _adopted_before = adopt_orphans()
    _alive.add(worker)


_adopted_before = False
"""Whether this process, which may be somebody else's program, adopted orphans when it had no workers."""

_alive: set[Worker[Any, Any]] = set()
"""Workers whose processes run. The standard library would wait for them at the end of this one, for ever."""

atexit.register(lambda: stop(list(_alive)))


def machine_memory() -> int:
    """Bytes of this machine's main memory, or of the container's share of it."""
    memory = 1 << 62
    with contextlib.suppress(ValueError, AttributeError, OSError):  # a system that does not say
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with contextlib.suppress(ValueError, OSError):  # there is no such limit
        memory = min(memory, int(Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii")))
    return memory


def _wake_server() -> None:
    """Let the server that processes are forked off continue, which untrusted code may have stopped."""
    module = sys.modules.get("multiprocessing.forkserver")  # not where there is none
    server = getattr(getattr(module, "_forkserver", None), "_forkserver_pid", None)
    if server is not None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(server, signal.SIGCONT)


@contextlib.contextmanager
def _without_main() -> Iterator[None]:
    """Let a new process leave out the script that called us: it would import it, and so run all of it once more.

    Nothing that a process of ours is given stands in it.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _context() -> BaseContext:
    """Processes that share nothing with this one, whose threads a fork would break.

    Where the system can, they are forked off a server that has loaded torch already.
    """
    if "forkserver" in multiprocessing.get_all_start_methods():
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["registry.verify.counts.measure", "registry.verify.accuracy.dispatch"])
        return context
    return multiprocessing.get_context("spawn")
