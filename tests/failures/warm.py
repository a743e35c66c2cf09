"""`mir` in a process that has imported everything already and forks for each run, so that hundreds of runs cost little.

Reads one request a line from standard input, as JSON, and answers in kind. `{"run": {...}}` starts a process of its own
session and answers with its id; `{"wait": id}` answers with how it ended. What `run` may hold stands in `_child`.
"""

from __future__ import annotations

import ctypes
import importlib
import io
import json
import os
import sys
import tempfile
import traceback
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, NoReturn

IMPORTED = (
    *("duckdb", "jinja2", "mkdocs.commands.build", "mkdocs.config.defaults", "nh3", "PIL.Image", "pymdownx"),
    *("safetensors.torch", "sklearn.datasets", "torch", "torch.utils.data", "vl_convert", "material"),
    *("registry.cli.main", "registry.publish", "registry.publish.html", "registry.query.database", "registry.report"),
    *("registry.report.verdicts", "registry.report.progress", "registry.verify.measurers", "registry.verify.run"),
)


def main() -> None:
    """Serve until the end of standard input."""
    import torch

    torch.set_num_threads(1)
    for name in IMPORTED:
        importlib.import_module(name)
    for name in ("check", "verify", "site", "query", "convert", "badge", "show", "evidence", "import_"):
        importlib.import_module(f"registry.cli.{name}")
    from registry.verify.torchvision_ops import import_torchvision

    import_torchvision()
    _verify_once()
    print("{}", flush=True)
    while line := sys.stdin.buffer.readline():
        order = json.loads(line)
        if "wait" in order:
            _, status = os.waitpid(order["wait"], 0)
            answer = {"code": os.waitstatus_to_exitcode(status)}
        else:
            child = os.fork()
            if child == 0:
                _live(order["run"])
            answer = {"process": child}
        print(json.dumps(answer), flush=True)


def _verify_once() -> None:
    """Verify two cards, and with it import what is imported late."""
    from registry.cli.main import group

    root = Path(__file__).resolve().parents[2]
    with tempfile.TemporaryDirectory() as folder, redirect_stdout(io.StringIO()):
        os.environ["MIR_CACHE"] = folder
        cards = [str(root / "models" / name) for name in ("digits-cnn.md", "alexnet.md")]
        group.main(["verify", *cards, "--engine", "local", "--evidence", folder], standalone_mode=False)


def _live(order: dict[str, Any]) -> NoReturn:
    """Run, and end at once: to take down what was imported would be most of a short run's time."""
    from registry.cli.signals import end_when_stopped

    code: int | str | None = 1
    try:
        _child(**order)
        end_when_stopped()  # a signal would raise in what follows, where nothing catches it
        code = 0
    except SystemExit as end:
        code = end.code
    except KeyboardInterrupt:
        code = 143
    except BaseException:  # noqa: BLE001 - as Python does
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 1)


def _child(
    *,
    arguments: list[str],
    folder: str,
    out: str,
    err: str,
    first: str = "",
    environment: dict[str, str | None] | None = None,
    powerless: bool = False,
    limits: dict[str, int] | None = None,
) -> None:
    """Be `mir` with these arguments; without any, just run the code in `first`, which otherwise runs before it.

    Args:
        arguments: Of the command line.
        folder: The folder to run in.
        out: File for what it prints.
        err: File for what it complains of.
        first: Python to run before.
        environment: Variables to set, or with `None` to remove.
        powerless: Give up what the superuser may do in spite of permissions.
        limits: By the names of `resource`, without `RLIMIT_`.
    """
    import resource

    from registry.cli.signals import raise_when_stopped

    os.setsid()
    for name, value in (environment or {}).items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    os.chdir(folder)
    for number, file, flags in ((0, os.devnull, os.O_RDONLY), (1, out, os.O_WRONLY), (2, err, os.O_WRONLY)):
        os.dup2(os.open(file, flags | (os.O_CREAT | os.O_TRUNC if flags else 0), 0o666), number)
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(number, mode) for number, mode in ((0, "r"), (1, "w"), (2, "w")))
    for name, value in (limits or {}).items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (value, value))
    if powerless:
        _obey_permissions()
    if not arguments:
        raise_when_stopped()
    exec(compile(first, "first", "exec"), {})
    if arguments:
        sys.argv = ["mir", *arguments]
        importlib.import_module("registry.cli").main()


def _obey_permissions() -> None:
    """Drop every capability (capset(2)), so that the superuser too is refused what permissions refuse."""
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    if libc.capset(ctypes.byref(header), ctypes.byref((ctypes.c_uint32 * 6)())) != 0:
        raise OSError(ctypes.get_errno(), "capset")


if __name__ == "__main__":
    main()
