"""A real cluster of several nodes on this machine: what runs there, what is lost there, and what is left behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from registry.claims import claims, read_claims
from registry.evidence import Store
from registry.loader import load
from registry.types import UsageError
from registry.verify.accuracy import EvaluationOptions
from registry.verify.engines import Engine, Failure, Local, Processes, Resources, run
from registry.verify.measurers import MeasureOptions, measurers
from registry.verify.run import Verified, verify
from tests.unit.verify.engines.items import DIE, HANG, KILLED, RAISE, WHERE, code, first, raises

ray = pytest.importorskip("ray")

from ray.cluster_utils import Cluster as Nodes  # noqa: E402

from registry.verify.engines import ray as module  # noqa: E402
from registry.verify.engines.ray_connection import connected  # noqa: E402

ROOT = Path(__file__).resolve().parents[4]

pytestmark = pytest.mark.slow

LIMITS = Resources(seconds=120)
"""Long enough for a machine that does much else."""


@pytest.fixture(scope="module")
def nodes() -> Iterator[Any]:
    """A head that runs nothing, and three nodes, one with what it takes for two GPUs."""
    # A node that is gone is noticed in three seconds and not in fifteen; one that is slow has as long as ever.
    soon = {"health_check_initial_delay_ms": 0, "health_check_period_ms": 1000, "health_check_failure_threshold": 3}
    head = {"num_cpus": 0, "object_store_memory": 80 * 2**20, "include_dashboard": False, "_system_config": soon}
    machines = Nodes(initialize_head=True, head_node_args=head)
    for gpus in (0, 0, 2):
        machines.add_node(num_cpus=1, num_gpus=gpus, wait=False, object_store_memory=80 * 2**20)
    machines.wait_for_nodes()
    yield machines
    machines.shutdown()


@pytest.fixture(scope="module")
def cluster(nodes: Any) -> Iterator[Engine]:
    with connected(nodes.address) as engine:
        yield engine


def test_every_task_has_an_answer_and_what_a_task_itself_says_is_not_tried_again(cluster: Engine) -> None:
    items = ["1 + 1", RAISE, raises("registry.types.BuildError", "no"), DIE, WHERE, WHERE, WHERE]
    results = dict(run(cluster, eval, [*((item, LIMITS) for item in items), (HANG, replace(LIMITS, seconds=0.5))]))
    assert results[0] == 2
    assert results[1] == Failure(reason="ValueError: invalid literal for int() with base 10: 'no such layer'")
    assert results[2] == Failure(reason="no", expected=True)
    assert results[3] == Failure(reason="it ended its process (exit code 3)")
    assert results[7] == Failure(reason="it takes longer than the 0.5 seconds that it may take")
    assert sorted(results) == list(range(8))


def test_what_is_killed_once_is_made_good_on_another_node(nodes: Any, cluster: Engine, tmp_path: Path) -> None:
    killed, lost = tmp_path / "killed", tmp_path / "lost"
    # The process that runs a task, and the one of Ray's above it: its parent's parent's parent is the forkserver's.
    rays_own = code("import psutil; psutil.Process().parents()[2].kill(); __import__('time').sleep(600)")
    items = [(first(killed, KILLED, then=WHERE), LIMITS), (first(lost, rays_own, then=WHERE), LIMITS)]
    results = dict(run(cluster, eval, items))
    assert results[0] != killed.read_text()
    assert results[1] != lost.read_text()
    assert set(results.values()) <= {raylet(node) for node in nodes.worker_nodes}


def raylet(node: Any) -> str:
    """What `WHERE` says on a node."""
    return str(node.all_processes["raylet"][0].process.pid)


def test_a_machine_that_hangs_is_given_up(cluster: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SLACK", -2.0)
    mark = tmp_path / "hung"
    ((_, result),) = run(cluster, eval, [(first(mark, HANG, then=WHERE), replace(LIMITS, seconds=12))])
    assert result != mark.read_text()


def test_a_machine_that_lacks_something_hands_the_task_to_others(cluster: Engine, tmp_path: Path) -> None:
    mark = tmp_path / "missing"
    lacking = raises("registry.verify.engines.NotHereError", "the data is not here")
    assert list(run(cluster, eval, [(first(mark, lacking, then=WHERE), LIMITS)])) != [(0, mark.read_text())]
    ((_, result),) = run(cluster, eval, [(lacking, LIMITS)])
    assert result.expected
    assert result.reason.startswith("the data is not here (on ")


def test_gpus_are_asked_for_and_given(cluster: Engine) -> None:
    assert cluster.place("auto") == ("cuda", 1)
    assert cluster.place("cuda:1,cuda:5") == ("cuda:0,cuda:1", 2)
    assert cluster.place("cpu") == ("cpu", 0)
    assert [cluster.cores(gpus) for gpus in (0, 1, 2)] == [1, 1, 3]
    with pytest.raises(UsageError, match="the cluster has 2 GPUs"):
        cluster.place("cuda:0,cuda:1,cuda:2")
    devices = "__import__('os').environ.get('CUDA_VISIBLE_DEVICES')"
    ((_, result),) = run(cluster, eval, [(devices, replace(LIMITS, gpus=2))])
    assert sorted(result.split(",")) == ["0", "1"]


@pytest.mark.usefixtures("cluster")
def test_what_no_machine_has_is_said() -> None:
    results = dict(run(module.Cluster(patience=0.1), eval, [("1", Resources(gpus=9, memory=2**30)), ("2", LIMITS)]))
    assert results == {0: Failure(reason="no machine of the cluster has 9 GPUs and 1.0 GiB of memory for it"), 1: 2}


def test_machines_with_other_versions_refuse(cluster: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "installed", lambda: {"torch": "0.4.1"})
    ((_, result),) = run(cluster, eval, [("1", LIMITS)])
    assert "torch is " in result.reason
    assert "on it and 0.4.1 where this was asked for; install the same versions on every machine" in result.reason


def test_a_run_that_is_given_up_stops_its_tasks(cluster: Engine, tmp_path: Path) -> None:
    mark = tmp_path / "begun"
    running = run(cluster, eval, [(first(mark, HANG), Resources()), (first(mark.with_suffix(".1"), "1"), LIMITS)])
    next(running)
    running.close()
    free = {"CPU": 3.0, "GPU": 2.0}
    deadline = time.monotonic() + 60
    while {name: ray.available_resources().get(name) for name in free} != free:
        assert time.monotonic() < deadline, "its process goes on"
        time.sleep(0.1)


@pytest.mark.parametrize("address", ["127.0.0.1:1", "ray://127.0.0.1:1", "127.0.0.1:99999"])
def test_no_cluster_at_an_address_is_wrong_usage(address: str) -> None:
    with pytest.raises(UsageError, match=f"^--address {address}: no Ray cluster: "), connected(address):
        pass


def test_all_engines_give_the_same_evidence_and_a_run_goes_on_where_it_was(cluster: Engine, tmp_path: Path) -> None:
    for name in ("digits-cnn.md", "digits-cnn.safetensors", "torchvision/squeezenet.md"):
        shutil.copy(ROOT / "models" / name, tmp_path)
    local, process, remote = tmp_path / "local", tmp_path / "process", tmp_path / "ray"
    verify_all(tmp_path, local, Local())
    verify_all(tmp_path, process, Processes(2))
    first = verify_all(tmp_path, remote, cluster, give_up=1)
    rest = verify_all(tmp_path, remote, cluster)
    assert [outcome.reused for outcome in first] == [False]
    # The counts of a model are kept together, those too that nobody was told of.
    assert {outcome.evidence.claim for outcome in rest if outcome.reused} >= {
        outcome.evidence.claim for outcome in first
    }
    unmeasured = 4  # the accuracies on ImageNet, which is not here
    assert len(records(local)) == len(claims(load([tmp_path]))) - unmeasured == 11
    assert records(process) == records(remote) == records(local)
    # The names of kept predictions hold their digests.
    names = [[file.name for file in folder.rglob("*.npz")] for folder in (local, process, remote)]
    assert names == [names[0]] * 3
    assert len(names[0]) == 1


def verify_all(cards: Path, folder: Path, engine: Engine, *, give_up: int | None = None) -> list[Verified]:
    models, store = read_claims(load([cards])), Store(folder)
    cache = folder.with_suffix(".cache")
    evaluation = EvaluationOptions(device="cpu", cache=cache, predictions=store, earlier=store.find)
    ways = measurers(models, MeasureOptions(evaluation=evaluation, engine=engine), lambda *_: None)
    with closing(verify(models, ways, store)) as run:
        return list(islice(run, give_up))


def records(folder: Path) -> dict[str, Any]:
    """The records of all claims, without times and what is said of the machine."""
    entries: dict[str, Any] = {}
    for path in folder.rglob("*.json"):
        contents = json.loads(path.read_text(encoding="utf-8"))
        entries |= {f"{path.stem}/{name}": record for name, record in contents["records"].items()}
    for record in entries.values():
        del record["time"]
        record.pop("environment", None)  # of a record whose machine is not the file's
        (record["measurement"] or {}).get("details", {}).pop("speed", None)
    return entries


def marked(mark: bytes) -> list[Path]:
    processes = []
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if mark in environment.read_bytes():
                processes.append(environment.parent)
    return processes


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_stopped_leaves_nothing_of_its_own_cluster(number: int, tmp_path: Path) -> None:
    for name in ("digits-cnn.md", "digits-cnn.safetensors"):
        shutil.copy(ROOT / "models" / name, tmp_path)
    mark = f"FOR={tmp_path}".encode()
    command = [sys.executable, "-m", "registry", "verify", str(tmp_path), "--engine", "ray", "--format", "json"]
    environment = os.environ | {"FOR": str(tmp_path), "TMPDIR": str(tmp_path)}
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True, **pipes) as run:
        while len(marked(mark)) < 3:
            assert run.poll() is None
            time.sleep(0.1)
        for _ in range(5):  # as a terminal does, to the whole group
            os.killpg(run.pid, number)
            time.sleep(0.05)
        out, err = run.communicate(timeout=120)
    assert run.returncode == 128 + number
    assert b"Traceback" not in err
    assert json.loads(out) == []
    deadline = time.monotonic() + 30
    while left := marked(mark):
        assert time.monotonic() < deadline, left
        time.sleep(0.1)


def test_a_node_is_killed_in_the_middle(nodes: Any, cluster: Engine, tmp_path: Path) -> None:
    mark = tmp_path / "begun"
    killed: list[str] = []

    def kill() -> None:
        while not (mark.exists() and mark.read_text()):
            time.sleep(0.05)
        node = next(worker for worker in nodes.worker_nodes if raylet(worker) == mark.read_text())
        killed.append(raylet(node))
        nodes.remove_node(node, allow_graceful=False)

    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    items = [first(mark, HANG, then=WHERE), *["__import__('time').sleep(0.3) or 5"] * 6]
    results = dict(run(cluster, eval, [(item, LIMITS) for item in items]))
    killer.join()
    assert [results[number] for number in range(1, 7)] == [5] * 6
    assert isinstance(results[0], str), results[0]
    assert results[0] != killed[0]
