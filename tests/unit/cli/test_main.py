import subprocess
import sys

import click
import pytest

from registry.cli import main
from registry.cli.main import group
from registry.types import Location, UsageError


@pytest.mark.parametrize(
    ("raised", "code", "message"),
    [
        (UsageError("no such card", location=Location(file="a.md", line=3)), 2, "mir: error: a.md:3:1: no such card\n"),
        (click.UsageError("no such option"), 2, "mir: error: no such option"),
        (ModuleNotFoundError("x", name="torch.nn"), 2, "pip install 'model-index-registry[verify]'"),
        (ModuleNotFoundError("No module named 'x'", name="x"), 2, "internal error"),
        (RuntimeError("a fault of ours"), 2, "internal error"),
        (KeyboardInterrupt(), 130, "interrupted"),
    ],
    ids=["ours", "click", "extra", "module", "fault", "interrupt"],
)
def test_what_goes_wrong_is_never_exit_code_1(monkeypatch, capsys, raised, code, message):
    """1 says that a card is wrong; CI must be able to tell that from our own trouble."""

    def fail(context: click.Context) -> None:
        raise raised

    monkeypatch.setattr(group, "invoke", fail)
    monkeypatch.setattr("sys.argv", ["mir", "check"])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == code
    assert message in capsys.readouterr().err


def test_a_signal_in_a_destructor_ends_the_run_all_the_same():
    """Python only prints what is raised there, and goes on."""
    code = """
import os, signal, time, weakref
from registry.cli.signals import raise_when_stopped
raise_when_stopped()
class Thing: ...
thing = Thing()
watch = weakref.ref(thing, lambda _: os.kill(os.getpid(), signal.SIGTERM) or sum(range(9)))
try:
    del thing
    time.sleep(60)
except KeyboardInterrupt as stop:
    print(stop.number)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "15\n", "")
