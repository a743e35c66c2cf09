"""`mir` in this process, as a user would call it."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from registry.cli import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def mir(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs `mir` with arguments; returns the exit code, what it printed and what it complained of."""

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["mir", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capfd.readouterr()
        assert "Traceback" not in err
        assert isinstance(left.value.code, int)
        return left.value.code, out, err

    return run
