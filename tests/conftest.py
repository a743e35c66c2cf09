"""What every test may use."""

import gc
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from registry.cli import main

ROOT = Path(__file__).resolve().parent.parent

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The folder of published cards that the registry is held against; they are not part of the project."""
    folder = Path(os.environ.get("MIR_CORPORA", ROOT.parent / "shared" / "corpora"))
    if not folder.is_dir():
        pytest.skip("the published cards are not here: set MIR_CORPORA to their folder")
    return folder


@pytest.fixture
def mir(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs `mir` in this process; returns the exit code, what it printed and what it complained of."""

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["mir", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            main()
        gc.unfreeze()  # a command freezes what it leaves behind, because its process ends; this one goes on
        out, err = capfd.readouterr()
        assert "Traceback" not in err
        assert isinstance(left.value.code, int)
        return left.value.code, out, err

    return run
