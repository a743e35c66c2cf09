"""What the tests of hard failures start from: a warm `mir`, and cards for it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, kw_only=True)
class Done:
    """How a run ended: its exit code, negative for a signal, and what it said."""

    code: int
    out: str
    err: str


class Warm:
    """Starts runs of `mir`; see `warm.py`."""

    LITTLE = """
import sys
import registry.publish
site = sys.modules["registry.publish.build"]  # the package calls its function so too
site._assets = lambda: iter(())
site.reference.rules = site.reference.python = lambda: iter(())
site.plot = lambda *_: None
"""
    """Run first, leaves out what is the same on every site, which would be most of the time."""

    UNSETTLED = """
import registry.file_facts
registry.file_facts.SETTLED_NS = -10**18
"""
    """Run first, keeps things also about files that were written a moment ago."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._number = 0
        self._server = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("warm.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "0"},
            cwd=folder,
        )
        self._ask_nothing = self._read()

    def run(self, *arguments: object, **options: Any) -> Done:
        """A whole run; what may be named stands in `warm.py`."""
        return self.start(*arguments, **options).end()

    def start(self, *arguments: object, **options: Any) -> Run:
        """A run that goes on while the test does something else, such as kill it."""
        self._number += 1
        out, err = (self._folder / f"{self._number}.{name}" for name in ("out", "err"))
        for file in (out, err):
            file.touch()  # a run may be killed before it opens them
        order = {"folder": str(self._folder), "out": str(out), "err": str(err), **options}
        process = self.ask(run={"arguments": [str(argument) for argument in arguments], **order})["process"]
        return Run(self, process, Path(order["out"]), err)

    def ask(self, **request: Any) -> dict[str, Any]:
        assert self._server.stdin is not None
        self._server.stdin.write(json.dumps(request).encode() + b"\n")
        self._server.stdin.flush()
        return self._read()

    def stop(self) -> None:
        assert self._server.stdin is not None
        self._server.stdin.close()
        self._server.wait(30)

    def _read(self) -> dict[str, Any]:
        assert self._server.stdout is not None
        answer: dict[str, Any] = json.loads(self._server.stdout.readline())
        return answer


class Run:
    """A run that was started."""

    def __init__(self, warm: Warm, process: int, out: Path, err: Path) -> None:
        self._warm, self.process, self._out, self._err = warm, process, out, err
        self._since = time.monotonic()

    def kill(self, number: int, *, after: float) -> None:
        """Send it a signal so many seconds after its start; it stays to be asked for its end."""
        time.sleep(max(0.0, self._since + after - time.monotonic()))
        os.kill(self.process, number)

    def end(self, *, alone: bool = False) -> Done:
        """Wait for its end.

        Args:
            alone: Make sure that no process that it started is left.
        """
        late = threading.Timer(60, os.kill, (self.process, signal.SIGKILL))
        late.start()
        code = self._warm.ask(wait=self.process)["code"]
        late.cancel()
        if alone:
            nobody_left(self.process)
        # What was killed at once had no time to open them.
        out, err = (
            file.read_text(errors="surrogateescape") if file.is_file() else "" for file in (self._out, self._err)
        )
        return Done(code=code, out=out, err=err)


def nobody_left(group: int, *, within: float = 10) -> None:
    """Wait until no process of a group is left."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.002)
    os.killpg(group, signal.SIGKILL)
    raise AssertionError("processes outlived the run that started them")


@pytest.fixture(scope="session")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warm]:
    """A process that forks runs of `mir`."""
    folder = tmp_path_factory.mktemp("warm")
    started = Warm(folder)
    yield started
    started.stop()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """They need what Linux has."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.skipif(sys.platform != "linux", reason="forks, signals and limits of Linux"))


@pytest.fixture
def zoo(tmp_path: Path) -> Path:
    """A folder of two models, each with five claims of which all hold and take a few milliseconds to verify."""
    return copy_models(tmp_path / "models", 2)


def copy_models(folder: Path, models: int) -> Path:
    """Write the card of the digits' network several times, under several names."""
    folder.mkdir()
    (folder.parent / ".git").mkdir(exist_ok=True)
    shutil.copy(ROOT / "models" / "digits-cnn.safetensors", folder)
    card = (ROOT / "models" / "digits-cnn.md").read_text()
    for number in range(models):
        (folder / f"{number}.md").write_text(card.replace("Name: digits-cnn", f"Name: digits-{number}"))
    return folder


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """Makes a file system of so many bytes, which can be full in earnest."""
    folders: list[Path] = []

    def mount(size: int) -> Path:
        folder = tmp_path / f"disk {len(folders)}"
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
        if shutil.which("mount") is None or subprocess.run(command, capture_output=True, check=False).returncode != 0:
            pytest.skip("only the superuser may mount a file system that can be full")
        folders.append(folder)
        return folder

    yield mount
    for folder in folders:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
