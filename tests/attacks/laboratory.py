"""Runs `mir` in a process of its own, bounded in memory and time, and measures what it took.

Imported once and forked for each run, because importing takes longer than what is run. `python laboratory.py` reads one
JSON object a line (`arguments`, `folder`, `out`, `environment`) and answers with one (`code`, `seconds`, `megabytes`).
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MOST_MEGABYTES = 6000
"""Address space of a run, beyond which Python raises MemoryError; torch alone reserves more than a gigabyte."""
MOST_SECONDS = 100
"""Of any clock, after which a run is killed: it waits for something that never comes."""


@dataclass(frozen=True)
class Ran:
    """What a run came to: processor time, and how much more memory than an idle `mir` it had at its peak."""

    code: int
    out: str
    err: str
    seconds: float
    megabytes: float


class Laboratory:
    """A process that has everything imported and forks for each run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(Path(__file__).parents[2])}
        self.process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        self.idle = 0.0
        self.idle = self.run("--version", folder=folder).megabytes

    def run(self, *arguments: object, folder: Path, environment: dict[str, str] | None = None) -> Ran:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        out = self.folder / "run"
        task = {
            "arguments": list(map(str, arguments)),
            "folder": str(folder),
            "out": str(out),
            "environment": {"MIR_CACHE": str(self.folder / "cache"), **(environment or {})},
        }
        self.process.stdin.write(json.dumps(task) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        output, complained = (out.with_suffix(end).read_text(encoding="utf-8") for end in (".out", ".err"))
        return Ran(answer["code"], output, complained, answer["seconds"], answer["megabytes"] - self.idle)

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(60)


def work(task: dict[str, Any]) -> None:
    """Be `mir`, from here on."""
    out = Path(task["out"])
    for number, end in ((1, ".out"), (2, ".err")):
        os.dup2(os.open(out.with_suffix(end), os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEGABYTES << 20, MOST_MEGABYTES << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.chdir(task["folder"])
    os.environ.update(task["environment"])
    sys.argv = ["mir", *task["arguments"]]
    from registry.cli import main

    main()


def measure(task: dict[str, Any]) -> dict[str, Any]:
    """Run one task in a child."""
    child = os.fork()
    if child == 0:
        signal.alarm(MOST_SECONDS)
        code = 99
        try:
            work(task)
        except SystemExit as left:
            code = int(left.code or 0)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    _, status, used = os.wait4(child, 0)
    return {
        "code": os.waitstatus_to_exitcode(status),
        "seconds": used.ru_utime + used.ru_stime,
        "megabytes": used.ru_maxrss / 1024,
    }


def serve() -> None:
    """Answer tasks until there are no more."""
    from importlib import import_module

    for name in (
        "registry.api",
        "registry.report",
        "registry.cli.check_run",
        "registry.cli.verify",
        "registry.publish",
        "registry.verify.accuracy",
        "registry.verify.measurers",
        "registry.verify.builders.own",
        "sklearn.datasets",
    ):
        import_module(name)
    for line in sys.stdin:
        print(json.dumps(measure(json.loads(line))), flush=True)


if __name__ == "__main__":
    serve()
