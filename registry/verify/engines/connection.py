"""Connect to a Ray cluster, or start one of this machine and leave nothing of it behind."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import signal
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import ray
from ray._private import utils, worker
from ray.exceptions import RayError

from registry.types import UsageError
from registry.verify.engines.ray import Cluster, first_line

_MARK = "MIR_RAY"
"""Environment variable of the processes of a cluster that was started here: the folder of its logs."""

_ENDS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]

_TIMEOUT = 10.0
"""Seconds that a cluster's head has to answer."""


@contextmanager
def connected(address: str | None, *, cores: int | None = None) -> Iterator[Cluster]:
    """A cluster for as long as a run takes.

    Args:
        address: `auto`, `host:port` or `ray://host:port`; where it is `None`, one of this machine is started and shut
            down again.
        cores: Processor cores of the one that is started; all where `None`.

    Raises:
        UsageError: No cluster can be used there.
    """
    _ask(address)
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    logging.getLogger("ray").setLevel(logging.ERROR)
    # Ray prints what befalls its workers to standard output, where our JSON goes, and has no switch for it.
    worker.print_to_stdstream = _nothing
    # Its sockets lie in there, whose paths may not be long.
    folder = tempfile.mkdtemp(prefix="mir-ray-", dir="/tmp" if os.name == "posix" else None)  # noqa: S108
    started: dict[str, Any] = {"num_cpus": cores, "include_dashboard": False, "_temp_dir": folder}
    try:
        try:
            with _uninterrupted(), _marked(folder):
                ray.init(
                    address=address or "local",
                    log_to_driver=False,
                    configure_logging=False,
                    **({} if address else started),
                )
        except (OSError, RuntimeError, ValueError, RayError) as error:
            if address is None:
                raise UsageError(f"a Ray cluster cannot be started here: {first_line(error)}") from error
            token = "" if "RAY_AUTH_MODE" in os.environ else "; if it asks for a token, set RAY_AUTH_MODE=token"
            raise UsageError(f"--address {address}: no Ray cluster: {first_line(error)}{token}") from error
        yield Cluster()
    finally:
        ray.shutdown()
        _end_what_is_left(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _ask(address: str | None) -> None:
    """See that somebody listens at `host:port`: Ray itself would ask again for minutes.

    Raises:
        UsageError: Nobody does.
    """
    host, colon, port = (address or "").removeprefix("ray://").rpartition(":")
    if colon and port.isdecimal():
        try:
            socket.create_connection((host, int(port)), timeout=_TIMEOUT).close()
        except (OSError, OverflowError) as error:
            raise UsageError(f"--address {address}: no Ray cluster: {first_line(error)}") from error


def _nothing(*_: Any, **__: Any) -> None:
    pass


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let a signal that asks this process to end wait: Ray, stopped while it starts, leaves its processes behind.

    Ray's own handler of SIGTERM is kept away, which ends a process without a word to whoever runs it.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    asked: list[int] = []

    def wait(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        asked.append(number)
        # Ray's library sets an alarm on such a signal, which would end this process three seconds later.
        signal.alarm(0)

    utils.set_sigterm_handler = _nothing
    before = {number: signal.signal(number, wait) for number in _ENDS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if asked:
            signal.raise_signal(asked[0])


@contextmanager
def _marked(folder: str) -> Iterator[None]:
    """Let every process that is started bear the folder's name, so that it is known afterwards."""
    os.environ[_MARK] = folder
    try:
        yield
    finally:
        del os.environ[_MARK]


def _end_what_is_left(folder: str) -> None:
    """End Ray's helpers: where its node does not end within a second, they live on for a minute and write logs."""
    mark = f"{_MARK}={folder}".encode()
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):  # another user's, or gone by now
            if mark in environment.read_bytes().split(b"\0"):
                os.kill(int(environment.parent.name), signal.SIGKILL)
