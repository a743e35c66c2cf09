"""Connect to a Ray cluster, or start one of this machine and leave nothing of it behind."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ray
from ray._private import worker
from ray.exceptions import RayError

from registry.types import UsageError
from registry.verify.engines.ray import Cluster, first_line

_MARK = "MIR_RAY"
"""Environment variable of the processes of a cluster that was started here: the folder of its logs."""


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
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    logging.getLogger("ray").setLevel(logging.ERROR)
    # Ray prints what befalls its workers to standard output, where our JSON goes, and has no switch for it.
    worker.print_to_stdstream = _nothing
    # Its sockets lie in there, whose paths may not be long.
    folder = tempfile.mkdtemp(prefix="mir-ray-", dir="/tmp" if os.name == "posix" else None)  # noqa: S108
    started: dict[str, Any] = {"num_cpus": cores, "include_dashboard": False, "_temp_dir": folder}
    try:
        try:
            with _own_handler(), _marked(folder):
                ray.init(
                    address=address or "local",
                    log_to_driver=False,
                    configure_logging=False,
                    **({} if address else started),
                )
        except (OSError, RuntimeError, ValueError, RayError) as error:
            where = f"--address {address}: no Ray cluster" if address else "a Ray cluster cannot be started here"
            raise UsageError(f"{where}: {first_line(error)}") from error
        yield Cluster()
    finally:
        ray.shutdown()
        _end_what_is_left(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _nothing(*_: Any, **__: Any) -> None:
    pass


@contextmanager
def _own_handler() -> Iterator[None]:
    """Keep the handler of SIGTERM: Ray puts its own there, which ends this process without a word."""
    before = signal.getsignal(signal.SIGTERM)
    stopped: SystemExit | None = None
    try:
        yield
    except SystemExit as stop:  # what Ray's handler raises while Ray starts
        stopped = stop
    finally:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, before)
    if stopped is not None:
        # Ray's library also sets an alarm, which would end this process three seconds from now.
        signal.alarm(0)
        signal.raise_signal(signal.SIGTERM)
        raise stopped


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
