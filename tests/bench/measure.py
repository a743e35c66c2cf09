"""Run a command, say what it cost, and keep the figures."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    """What to run, where, and on how many cores; on all where that is `None`. What is done before is not measured."""

    words: Sequence[str]
    cwd: Path = ROOT
    cores: int | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    before: Callable[[], object] = int


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """One command's cost: seconds of wall clock and of all cores, and MiB of all its processes together."""

    wall: float
    cpu: float
    memory: float
    output: str


def best(commands: Sequence[Command], *, repeat: int) -> list[Run]:
    """Each command's lowest times and highest memory. They take turns, so that noise meets them all alike."""
    runs = [[measure(command) for command in commands] for _ in range(repeat)]
    return [_best(same) for same in zip(*runs, strict=True)]


def middle(commands: Sequence[Command], *, repeat: int) -> list[Run]:
    """Each command's median times and highest memory. They take turns, so that noise meets them all alike."""
    runs = [[measure(command) for command in commands] for _ in range(repeat)]
    return [
        replace(
            same[0],
            wall=median(run.wall for run in same),
            cpu=median(run.cpu for run in same),
            memory=max(run.memory for run in same),
            output=same[-1].output,
        )
        for same in zip(*runs, strict=True)
    ]


def _best(runs: Sequence[Run]) -> Run:
    quickest = min(runs, key=lambda run: run.cpu)
    return replace(quickest, wall=min(run.wall for run in runs), memory=max(run.memory for run in runs))


def measure(command: Command) -> Run:
    """Run a command once."""
    command.before()
    allowed = sorted(os.sched_getaffinity(0))[: command.cores]
    with tempfile.TemporaryFile("w+") as out:
        start = time.perf_counter()
        process = subprocess.Popen(
            command.words,
            cwd=command.cwd,
            stdout=out,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "", **command.environment},
            preexec_fn=lambda: os.sched_setaffinity(0, allowed),
        )
        peak = [0.0]
        ended = threading.Event()
        watcher = threading.Thread(target=_watch, args=(process.pid, peak, ended), daemon=True)
        watcher.start()
        _, _, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = 0
        ended.set()
        watcher.join()
        out.seek(0)
        output = out.read()
    return Run(
        wall=wall, cpu=usage.ru_utime + usage.ru_stime, memory=max(peak[0], usage.ru_maxrss / 1024), output=output
    )


def _watch(pid: int, peak: list[float], ended: threading.Event) -> None:
    """Sum the memory of a process and its children every 50 ms; pages that they share count once."""
    while not ended.wait(0.05):
        total = 0
        try:
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            for process in (str(pid), *children):
                match = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{process}/smaps_rollup").read_text(), re.MULTILINE)
                total += int(match[1]) if match else 0
        except OSError:
            continue  # a process ended while it was looked at
        peak[0] = max(peak[0], total / 1024)


def keep(name: str, figures: Any) -> None:
    """Print figures, and write them to `results/NAME.json`."""
    text = json.dumps(figures, indent=2)
    print(text)
    results = Path(__file__).with_name("results")
    results.mkdir(exist_ok=True)
    (results / f"{name}.json").write_text(text + "\n", encoding="utf-8")
