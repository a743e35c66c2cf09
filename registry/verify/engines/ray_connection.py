"""Connect to a Ray cluster, or start one of this machine and leave nothing of it behind."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from types import FrameType
from typing import Any

import psutil
import ray
from ray.exceptions import RayError

from registry.types import UsageError
from registry.verify.engines.descendants import end
from registry.verify.engines.engine import error_text
from registry.verify.engines.ray import Cluster

_ENDS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]

_TIMEOUT = 10.0
"""Seconds that a cluster's head has to answer."""

_GRACE = 15.0
"""Seconds that a cluster that was started here has to end by itself."""


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
    with _started(cores) if address is None else nullcontext(address) as cluster_address:
        try:
            try:
                _init(cluster_address)
            except (OSError, RuntimeError, ValueError, RayError) as error:
                token = "" if "RAY_AUTH_MODE" in os.environ else "; if it asks for a token, set RAY_AUTH_MODE=token"
                raise UsageError(f"--address {cluster_address}: no Ray cluster: {error_text(error)}{token}") from error
            yield Cluster()
        finally:
            with _uninterrupted():
                ray.shutdown()


@contextmanager
def _started(cores: int | None) -> Iterator[str]:
    """The address of a cluster of this machine (`head.py`), of which nothing is left afterwards."""
    # Its sockets lie in there, whose paths may not be long.
    folder = tempfile.mkdtemp(prefix="mir-ray-", dir="/tmp" if os.name == "posix" else None)  # noqa: S108
    command = [sys.executable, "-m", "registry.verify.engines.head", folder, *([] if cores is None else [str(cores)])]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    path = os.pathsep.join(filter(None, sys.path))
    try:
        with subprocess.Popen(  # noqa: S603 - our own module
            command, **pipes, text=True, start_new_session=True, env={**os.environ, "PYTHONPATH": path}
        ) as head:
            try:
                yield _address_of(head)
            finally:
                with _uninterrupted():
                    _end(head)
    finally:
        with _uninterrupted():
            shutil.rmtree(folder, ignore_errors=True)


def _address_of(head: subprocess.Popen[str]) -> str:
    """What a head that was started says.

    Raises:
        UsageError: It cannot start a cluster.
    """
    assert head.stdout is not None
    line = head.stdout.readline().strip()
    if not line or line.startswith("error: "):
        why = line.removeprefix("error: ") or f"its head ended with {head.wait()}"
        raise UsageError(f"a Ray cluster cannot be started here: {why}")
    return line


def _end(head: subprocess.Popen[str]) -> None:
    """Let the head end what it started; where it does not in time, end all of it."""
    assert head.stdin is not None
    head.stdin.close()
    try:
        head.wait(_GRACE)
    except subprocess.TimeoutExpired:
        process = psutil.Process(head.pid)
        end([*process.children(recursive=True), process])
        head.wait()


def _init(address: str) -> None:
    """Connect, without being interrupted.

    In a thread of its own, because in the main one Ray puts its handlers of signals in the place of ours.
    """
    failed: list[BaseException] = []

    def start() -> None:
        try:
            ray.init(address=address, log_to_driver=False, configure_logging=False)
        except BaseException as error:  # noqa: BLE001 - raised in the thread that waits
            failed.append(error)

    starting = threading.Thread(target=start, daemon=True)
    with _uninterrupted():
        starting.start()
        starting.join()
    if failed:
        raise failed[0]


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
            raise UsageError(f"--address {address}: no Ray cluster: {error_text(error)}") from error


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let signals that ask this process to end wait until what began is done."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    signals: list[int] = []

    def wait(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        signals.append(number)
        # Ray's library sets an alarm on such a signal, which would end this process three seconds later.
        signal.alarm(0)

    before = {number: signal.signal(number, wait) for number in _ENDS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if signals:
            signal.raise_signal(signals[0])
