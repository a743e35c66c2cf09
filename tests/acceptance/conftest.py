"""A command as people type it."""

from __future__ import annotations

import io
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from registry.cli import main


@pytest.fixture
def shell(tmp_path, monkeypatch, capsys) -> Callable[..., SimpleNamespace]:
    """Run a command in a folder of its own, as the shell would."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FORCE_COLOR", raising=False)

    def run(*arguments: str, stdin: str = "") -> SimpleNamespace:
        monkeypatch.setattr("sys.argv", ["mir", *arguments])
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        with pytest.raises(SystemExit) as stopped:
            main()
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return SimpleNamespace(code=stopped.value.code, out=out, err=err)

    return run
