"""Being stopped from outside: SIGTERM and a closed terminal end a run as Ctrl+C does, each with its own code."""

from __future__ import annotations

import _thread
import signal
import sys
import threading
import time
from types import FrameType


class Stopped(KeyboardInterrupt):
    """A signal that asks this process to end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


_received: list[Stopped] = []

_QUIET = 5.0
"""Seconds after a signal in which others change nothing: what is half written is taken back, and processes are ended.

Who forwards signals sends two at once, and who is impatient more. After it another one stops a run that goes on.
"""

_last = 0.0

_LATER = 0.1
"""Seconds after which a signal that was dropped is sent again; what dropped it has ended by then."""

_unraisable = sys.__unraisablehook__


def raise_when_stopped() -> None:
    """Let the signals that ask a process to end raise `Stopped`, so that what is half written is taken back.

    A signal that whoever started this process wants ignored, as `nohup` does, stays ignored.
    """
    _received.clear()
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows knows no SIGHUP
        if number is not None and signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, _raise)
    if sys.unraisablehook is not _raise_again:
        global _unraisable
        _unraisable, sys.unraisablehook = sys.unraisablehook, _raise_again


def received() -> Stopped | None:
    """The signal that last asked to end, also where a library made another exception of it, as DuckDB does."""
    return _received[0] if _received else None


def end_when_stopped() -> None:
    """From here on a signal ends this process at once: there is nothing left to take back, or to say.

    After one, others change nothing any more, so that the first one's exit code stands.
    """
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, signal.SIG_IGN if _received else signal.SIG_DFL)


def exit_code(stop: BaseException | None) -> int:
    """What shells say of a process that a signal ended: 128 and its number, 130 for Ctrl+C."""
    return 128 + (stop.number if isinstance(stop, Stopped) else signal.SIGINT)


def _raise(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
    global _last
    before, _last = _last, time.monotonic()
    if _received and _last - before < _QUIET:
        return
    _received.append(Stopped(number))
    raise _received[-1]


def _raise_again(dropped: sys.UnraisableHookArgs) -> None:
    """Send a signal once more, which met a destructor or a weak reference's callback: Python drops what these raise."""
    if not isinstance(dropped.exc_value, Stopped):
        _unraisable(dropped)
        return
    _received.clear()
    _thread.start_new_thread(_send, (dropped.exc_value.number,))


def _send(number: int) -> None:
    time.sleep(_LATER)
    if hasattr(signal, "pthread_kill"):  # sent to the main thread, it ends what that waits for, too
        signal.pthread_kill(threading.main_thread().ident or 0, number)
    else:
        signal.raise_signal(number)
