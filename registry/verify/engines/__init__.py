"""Where jobs run: in this process, in processes of this machine, or on the machines of a Ray cluster."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from registry.verify.call_options import EngineName
from registry.verify.engines.engine import Engine, EngineTask, Failure, NotHereError, Resources, error_text, is_worker
from registry.verify.engines.local import Local
from registry.verify.engines.once import WorkerBeside, in_worker
from registry.verify.engines.process import Processes
from registry.verify.engines.retry import ATTEMPTS, run

__all__ = [
    "ATTEMPTS",
    "Engine",
    "EngineTask",
    "Failure",
    "Local",
    "Name",
    "NotHereError",
    "Processes",
    "Resources",
    "WorkerBeside",
    "error_text",
    "in_worker",
    "is_worker",
    "open_engine",
    "run",
]

Name = EngineName
"""An engine, as `--engine` names it."""


@contextmanager
def open_engine(name: Name, *, address: str | None = None, workers: int | None = None) -> Iterator[Engine]:
    """An engine for as long as a run takes; what it started is stopped at the end, whatever happened.

    Args:
        name: Which.
        address: Of a Ray cluster: `auto`, `host:port` or `ray://host:port`; one is started here where it is `None`.
        workers: Processes of the engine `process`, or of a cluster that is started here; one a core where `None`.

    Raises:
        UsageError: There is no cluster at the address.
        ModuleNotFoundError: Ray is not installed; the extra `ray` brings it.
    """
    if name == "ray":
        if address is None:
            _share_token()
        from registry.verify.engines.ray_connection import connected

        with connected(address, cores=workers) as cluster:
            yield cluster
    else:
        yield Local() if name == "local" else Processes(workers)


def _share_token() -> None:
    """Let a cluster that is started here and this process know a secret that others do not.

    Ray reads how it authenticates when it is imported. Where that was before, without it, the cluster has none either.
    """
    unset = "RAY_AUTH_MODE" not in os.environ
    if unset and "ray" not in sys.modules:
        os.environ |= {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
    elif unset:
        os.environ["RAY_AUTH_MODE"] = "disabled"
