"""What engines run in tests: texts, by the built-in `eval`. Other processes cannot import a test module."""

from __future__ import annotations

from pathlib import Path

HANG = "__import__('time').sleep(600)"
DIE = "__import__('os')._exit(3)"
KILLED = "__import__('os').kill(__import__('os').getpid(), 9)"
EAT = "len(bytearray(4 * 2**30))"
RAISE = "int('no such layer')"
WHERE = "__import__('os').environ['RAY_RAYLET_PID']"
"""Which node a task runs on: Ray tells the process that it starts, and that one the process beside it."""


def raises(kind: str, message: str) -> str:
    module, _, name = kind.rpartition(".")
    return f"(_ for _ in ()).throw(getattr(__import__('importlib').import_module({module!r}), {name!r})({message!r}))"


def first(mark: Path, does: str, *, then: str = "7", where: str = WHERE) -> str:
    """Does one thing the first time, and leaves in `mark` where that was; another the next time."""
    file = f"__import__('pathlib').Path({str(mark)!r})"
    return f"{then} if {file}.exists() else ({file}.write_text({where}), {does})"


def code(text: str) -> str:
    """Statements as one expression; what they put into `found` is its value."""
    return f"(lambda space: (exec({text!r}, space), space.get('found'))[1])({{}})"


ORPHAN = """
import os, subprocess, sys
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execlp("sleep", "sleep", "{seconds}")
    os._exit(0)
subprocess.Popen(["sleep", "{seconds}"])
{then}
found = 7
"""
"""Starts a process that leaves its parents and its session, and another one, and goes on."""


ABOVE = """
import os, psutil, signal, time
above = psutil.Process().parents()[:{number}]
for each in reversed(above):
    os.kill(each.pid, signal.{signal})
time.sleep(600)
"""
"""What comes then: the processes above it are killed or stopped, the nearest last."""
