"""Tasks on the machines of a Ray cluster.

Ray's own retries are off. It would try a task again where its process died but not where it hangs, would not keep
away from the machine that failed, and would not tell: `retry.py` does all three, the same for every engine.

A task does not run in Ray's own process but in one beside it (`process.py`), which is bounded in time and memory and
may end in any way: what is said of it is then the same as on one machine.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import pickle
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import ray
from ray.exceptions import OutOfMemoryError, RayError, RayTaskError, WorkerCrashedError
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from registry.types import UsageError
from registry.verify.engines.engine import EngineTask, Failure, Resources, error_text
from registry.verify.engines.process import Worker, stop
from registry.verify.environment import installed

In = TypeVar("In")
Out = TypeVar("Out")

PATIENCE = 60.0
"""Seconds that a task waits for a machine to join that is large enough for it."""

_LEAST_WAITING = 64
"""Tasks that are handed to Ray at least, so that it sees what is asked for; what is not, waits here for little."""

SLACK = 60.0
"""Seconds that a worker has to start, and to say that a task was late, beyond those that the task has."""

_TICK = 0.5
"""Seconds between two looks at who has started and who is late."""

_LOOK = 5.0
"""Seconds between two looks at which machines there are."""


@dataclass(kw_only=True)
class _Flight:
    """A task that was handed to Ray.

    Attributes:
        number: Which flight it is; a task that is tried again has another.
        node: Id of the machine that it runs on, once it has started.
        since: When that became known.
        too_large_since: Since when no machine of the cluster is large enough for it.
    """

    task: EngineTask[Any]
    number: int
    node: str = ""
    since: float | None = None
    too_large_since: float | None = None

    @property
    def late(self) -> bool:
        """Whether not even the worker, which keeps the limit itself, has answered: its machine hangs."""
        seconds = self.task.resources.seconds
        since = self.since
        return seconds is not None and since is not None and time.monotonic() - since > seconds + SLACK


class Cluster:
    """The machines of the cluster that this process is connected to."""

    in_process = False

    def __init__(self, *, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._numbers = itertools.count()
        # Beside this process, so that it lives as long as the run.
        here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
        self._started_tasks: Any = ray.remote(_StartedTasks).options(num_cpus=0, scheduling_strategy=here).remote()
        self._looked = 0.0
        self._nodes: list[Mapping[str, Any]] = []

    def cores(self, gpus: float) -> int | None:
        """Its GPUs' share of the cores, for decoding; one, which is what each task asks for, where it uses none."""
        resources = ray.cluster_resources()
        return max(1, int(gpus * resources.get("CPU", 1) // resources["GPU"])) if gpus else 1

    @property
    def gpus(self) -> int:
        """GPUs of all machines."""
        return int(ray.cluster_resources().get("GPU", 0))

    def place(self, device: str) -> tuple[str, float]:
        """As many of a machine's GPUs as the user names, numbered from 0 there; `auto` is one where there are any.

        Raises:
            UsageError: The cluster has none.
        """
        available = self.gpus
        count = int(available > 0) if device == "auto" else device.count("cuda")
        if count > available:
            raise UsageError(f"--device {device}: the cluster has {available} GPUs")
        several = ",".join(f"cuda:{number}" for number in range(count))
        return {0: "cpu", 1: "cuda"}.get(count, several), count

    def attempt(
        self, function: Callable[[In], Out], take: Callable[[], EngineTask[In] | None]
    ) -> Generator[tuple[EngineTask[In], Out | Failure]]:
        """See `Engine`."""
        flights: dict[Any, _Flight] = {}
        ours = installed()
        room = max(_LEAST_WAITING, 2 * int(ray.cluster_resources().get("CPU", 0)))
        try:
            while True:
                while len(flights) < room and (task := take()) is not None:
                    flight = _Flight(task=task, number=next(self._numbers))
                    flights[self._send(flight, function, ours)] = flight
                if not flights:
                    return
                ready, _ = ray.wait(list(flights), timeout=_TICK)
                if ready:
                    ready, _ = ray.wait(list(flights), num_returns=len(flights), timeout=0)
                self._read(flights)
                for reference in ready:
                    flight = flights.pop(reference)
                    yield flight.task, _result(reference, flight)
                for reference, failure in self._given_up(flights):
                    ray.cancel(reference, force=True)
                    yield flights.pop(reference).task, failure
        except (RayError, ConnectionError) as error:
            raise UsageError(f"the connection to the Ray cluster was lost: {error_text(error)}") from error
        finally:
            with contextlib.suppress(RayError, ConnectionError):  # nothing is left to stop of a cluster that is gone
                for reference in flights:
                    ray.cancel(reference, force=True)

    def _send(self, flight: _Flight, function: Callable[[Any], Any], ours: Mapping[str, str]) -> Any:
        task, resources = flight.task, flight.task.resources
        options: dict[str, Any] = {"max_retries": 0, "num_gpus": resources.gpus, "memory": resources.memory}
        other = self._elsewhere(task) if task.avoid else None
        if other is not None:
            options["scheduling_strategy"] = NodeAffinitySchedulingStrategy(other, soft=True)
        work: Any = ray.remote(_work)
        # Pickled here, so that Ray's own process reads none of it: reading an untrusted class imports its module.
        data = pickle.dumps((function, task.item))
        return work.options(**options).remote(self._started_tasks, flight.number, ours, data, resources)

    def _read(self, flights: Mapping[Any, _Flight]) -> None:
        started = dict(ray.get(self._started_tasks.take.remote()))
        for flight in flights.values():
            if flight.number in started:
                flight.node, flight.since = started[flight.number], time.monotonic()

    def _given_up(self, flights: Mapping[Any, _Flight]) -> list[tuple[Any, Failure]]:
        """The tasks that hang, and those that no machine is large enough for."""
        failures = []
        for reference, flight in flights.items():
            resources = flight.task.resources
            if flight.late:
                lateness = f"it takes longer than the {resources.seconds:g} seconds that it may take"
                failures.append((reference, Failure(reason=lateness, lost=True, where=flight.node)))
            elif flight.since is None:
                if any(_holds(node, resources) for node in self._machines()):
                    flight.too_large_since = None
                    continue
                flight.too_large_since = flight.too_large_since or time.monotonic()
                if time.monotonic() - flight.too_large_since > self._patience:
                    failures.append((reference, Failure(reason=f"no machine of the cluster has {_said(resources)}")))
        return failures

    def _elsewhere(self, task: EngineTask[Any]) -> str | None:
        """A machine where it was not tried, `None` where there is none."""
        others = [
            node["NodeID"]
            for node in self._machines()
            if node["NodeID"] not in task.avoid and _holds(node, task.resources)
        ]
        return others[task.number % len(others)] if others else None

    def _machines(self) -> list[Mapping[str, Any]]:
        if time.monotonic() - self._looked > _LOOK:
            self._nodes = [node for node in ray.nodes() if node["Alive"]]
            self._looked = time.monotonic()
        return self._nodes


class _StartedTasks:
    """Where workers say which task they have begun, and where: from then on its time counts."""

    def __init__(self) -> None:
        self._started: list[tuple[int, str]] = []

    def started(self, number: int, node: str) -> None:
        self._started.append((number, node))

    def take(self) -> list[tuple[int, str]]:
        started, self._started = self._started, []
        return started


def _work(board: Any, number: int, driver_packages: Mapping[str, str], data: bytes, resources: Resources) -> Any:
    """What runs on a machine of the cluster."""
    # Waited for: a process that dies at once would take the message with it.
    ray.get(board.started.remote(number, ray.get_runtime_context().get_node_id()))
    ours = installed()
    for name, version in driver_packages.items():
        if ours.get(name) != version:
            difference = (
                f"{name} is {ours.get(name) or 'missing'} on it and {version or 'missing'} where this was asked for"
            )
            return Failure(reason=f"{difference}; install the same versions on every machine", lost=True)
    # Ray gives each task GPUs of its own, and a process sees those that it began with.
    devices = os.environ.get("CUDA_VISIBLE_DEVICES", "")
    if devices not in _workers:
        stop(_workers.values())
        _workers.clear()
        _workers[devices] = Worker(run_pickled, int(os.environ.get("OMP_NUM_THREADS", "1")))
    worker = _workers[devices]
    try:
        return worker.run(EngineTask(number=number, item=data, resources=resources))
    except BaseException:
        stop([worker])
        raise


_workers: dict[str, Worker[bytes, Any]] = {}
"""The process beside Ray's own, by the GPUs that it has; kept from task to task."""


def run_pickled(data: bytes) -> Any:
    """Call a pickled function on the item that is pickled with it."""
    function, item = pickle.loads(data)  # noqa: S301 - from the driver
    return function(item)


def _result(reference: Any, flight: _Flight) -> Any:
    try:
        result = ray.get(reference)
    except RayTaskError as error:
        # What we call raises nothing: this is a worker that cannot even begin, for want of a package for example.
        result = Failure(reason=f"its worker cannot run it: {error_text(error.cause or error)}", lost=True)
    except OutOfMemoryError:
        result = Failure(reason="it was stopped because its machine ran out of memory", lost=True)
    except WorkerCrashedError:
        result = Failure(reason="its process died", lost=True)
    except RayError:
        result = Failure(reason="the machine that it ran on left the cluster", lost=True)
    if isinstance(result, Failure) and result.lost:
        where = f" (on {_address(flight.node)})" if flight.node else ""
        return replace(result, reason=f"{result.reason}{where}", where=flight.node)
    return result


def _address(node: str) -> str:
    return next((str(machine["NodeManagerAddress"]) for machine in ray.nodes() if machine["NodeID"] == node), node)


def _holds(node: Mapping[str, Any], resources: Resources) -> bool:
    """Whether a machine would have room for a task if nothing else ran on it."""
    has = node["Resources"]
    return bool(
        has.get("CPU", 0) >= 1 and has.get("GPU", 0) >= resources.gpus and has.get("memory", 0) >= resources.memory
    )


def _said(resources: Resources) -> str:
    gpus = f"{resources.gpus:g} GPU{'' if resources.gpus == 1 else 's'} and " if resources.gpus else ""
    return f"{gpus}{resources.memory / 2**30:.1f} GiB of memory for it"
