"""A process that runs untrusted code, and one above it that sees how it ends and that nothing of it is left.

The one that runs the code may end in any way, and whatever it started may hold its pipes open, so that their end says
nothing. The one above runs nothing of the sort: it waits for the first to end or to be told to end it, kills what
descends from it, and says how it ended.
"""

from __future__ import annotations

import os
import pickle
import select
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn

from registry.verify.engines.channel import send
from registry.verify.engines.descendants import (
    adopt_orphans,
    die_with_the_parent,
    end_descendants,
    has_others,
    mark_descendants,
)
from registry.verify.engines.engine import Failure, call, within_worker
from registry.verify.engines.printed import PrintedOutput

RETIRES, STAYS = b"R", b"S"
"""Before an answer: whether the process ends now, because what it called left others running, or takes more.

The second alone says that it has begun.
"""


_ENDS = [signal.Signals[name] for name in ("SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM") if hasattr(signal, name)]
"""Signals that ask a process to end."""


def serve(
    pipe: Connection,
    mark: bytes,
    control: Connection,
    function: Callable[[Any], Any],
    threads: int,
    environment: Mapping[str, str],
    folder: str,
) -> NoReturn:
    """Be the process above: start the one that runs code, and go when it does or when `control` is closed.

    Args:
        pipe: Where items come from and results go.
        mark: What each result begins with.
        control: Closed by whoever started this process, to end it; gets the wait status of the one that ran code.
        function: What is called on each item.
        threads: Threads that each call may use.
        environment: The variables of who started this, which the server that it was forked off may not have.
        folder: For whatever the code leaves in the temporary one; it goes with this process.
    """
    os.environ.clear()
    os.environ.update(environment)
    os.environ["TMPDIR"] = tempfile.tempdir = folder
    if not hasattr(os, "fork"):  # Windows, which has none of this: the process itself runs code
        _work(pipe, mark, function, threads, 0)
    os.setsid()  # so that an interrupt at the terminal is the driver's alone
    for number in _ENDS:  # whoever runs below may send them, too
        signal.signal(number, signal.SIG_IGN)
    adopt_orphans()
    mark_descendants()
    woken, wake = os.pipe()
    os.set_blocking(woken, False)
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    above = os.getpid()
    printed = PrintedOutput()
    runner = os.fork()
    if runner == 0:
        control.close()
        printed.take_streams()
        _work(pipe, mark, function, threads, above)
    pipe.close()
    printed.begin()
    status: int | None = None
    while status is None:
        ends: list[Any] = [control, woken, *printed.waiting]
        ready, _, _ = select.select(ends, [], [])
        printed.pass_on()
        with suppress(BlockingIOError):
            os.read(woken, 4096)
        ended, code = os.waitpid(runner, os.WNOHANG)
        if ended:
            status = code
        elif control in ready:
            break
    if status is None:
        os.kill(runner, signal.SIGKILL)
    end_descendants()
    printed.pass_on(last=True)
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):
        control.send(0 if status is None else os.waitstatus_to_exitcode(status))
    os._exit(0)


def _work(pipe: Connection, mark: bytes, function: Callable[[Any], Any], threads: int, above: int) -> NoReturn:
    """Be the process that runs code, until it is told that there is no more, or something else lives beside it."""
    if above:
        os.setpgid(0, 0)  # what it sends to its group is for those that it started
        for number in _ENDS:
            signal.signal(number, signal.SIG_DFL)
        die_with_the_parent()
        _redirect_other_files(pipe.fileno())
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _redirect_streams()
    within_worker()
    os.environ.setdefault("OMP_NUM_THREADS", str(threads))
    if "torch" in sys.modules:
        # Loaded before it could read that; as many threads in each process as there are cores would get in the way.
        sys.modules["torch"].set_num_threads(threads)
    own = os.getpid()
    with suppress(EOFError, OSError):
        send(pipe, mark, STAYS)
        while True:
            answer = _answer(pipe.recv_bytes(), function)
            if os.getpid() != own:
                break  # what called us forked, and both came back
            with suppress(Exception):  # it may have put anything in its place
                sys.stdout.flush()
            retires = above > 0 and has_others(above)
            send(pipe, mark, (RETIRES if retires else STAYS) + answer)
            if retires:
                break
    os._exit(0)


def _answer(data: bytes, function: Callable[[Any], Any]) -> bytes:
    """The pickled result or failure of one pickled item. Reading either runs code of whoever wrote their classes."""

    def run(data: bytes) -> Any:
        item, most = pickle.loads(data)  # noqa: S301 - from the process that started this one
        if isinstance(item, Failure):  # it could not be sent
            return pickle.dumps(item)
        answer = pickle.dumps(call(function, item, most=most))
        pickle.loads(answer)  # noqa: S301 - what reading it does, it does here first
        return answer

    answer = call(run, data, interrupts=True)
    return answer if isinstance(answer, bytes) else pickle.dumps(answer)


def failure_of(code: int) -> Failure:
    """What a task came to whose process ended, by its exit code, which is negative where a signal ended it."""
    if code >= 0:
        return Failure(reason=f"it ended its process (exit code {code})")
    name = signal.Signals(-code).name if -code in signal.valid_signals() and -code < signal.SIGRTMIN else ""
    description = f"signal {-code}{f', {name}' if name else ''}"
    if -code == signal.SIGKILL:
        # Its own doing or not, nobody can tell; the usual one who sends it is a system that runs out of memory.
        return Failure(reason=f"its process was killed ({description}), most likely because memory ran out", lost=True)
    crash = _CRASHES.get(name)
    return Failure(
        reason=f"its process crashed: {crash} ({description})" if crash else f"its process was ended by {description}"
    )


_CRASHES = {
    "SIGSEGV": "it used memory that is not its own",
    "SIGBUS": "it used memory that is not there",
    "SIGABRT": "it aborted itself",
    "SIGFPE": "it calculated what no processor can, such as a division by zero",
    "SIGILL": "it ran an instruction that this processor does not have",
    "SIGSYS": "it made a system call that is not allowed",
    "SIGTRAP": "it stopped at a trap instruction of its own",
}


def _redirect_other_files(pipe: int) -> None:
    """Keep no file open but the standard streams and the pipe: what is written to a wrong number reaches nobody.

    Others are those of the server that this was forked off, and of the standard library's tracker of semaphores, which
    takes any line for a command. They are not closed: who knows their numbers would write to what is opened next.
    """
    with suppress(OSError):
        null = os.open(os.devnull, os.O_RDWR)
        for number in [int(descriptor.name) for descriptor in Path("/dev/fd").iterdir() if descriptor.name.isdigit()]:
            if number > 2 and number not in (pipe, null):
                with suppress(OSError):
                    os.fstat(number)  # the one of the listing itself is gone
                    os.dup2(null, number)
        os.close(null)


def _redirect_streams() -> None:
    """Standard output is the driver's alone: what is printed here goes to standard error, and nobody is asked."""
    null = os.open(os.devnull, os.O_RDONLY)
    if null:  # else standard input was closed, and is this now
        os.dup2(null, 0)
        os.close(null)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - what it was may stand on any number
    os.dup2(2, 1)
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
