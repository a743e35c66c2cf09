"""Whatever happens to the output or the memory, a user meets a sentence and the right exit code, and no traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
MIR = f"{sys.executable} -m registry"


def shell(line: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command line in bash, with `mir` for this one."""
    return subprocess.run(
        ["bash", "-c", f'set -o pipefail; mir() {{ {MIR} "$@"; }}; {line}'],
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A card with more mistakes than a pipe holds, named in letters that few encodings have."""
    file = tmp_path_factory.mktemp("wrong") / "naïve 模型.yml"
    entries = "".join(f"- Name: 模型 {number} é\n  Metadata: {{Parameters: -{number}1}}\n" for number in range(1000))
    file.write_text(f"Models:\n{entries}", encoding="utf-8")
    return file


def test_a_reader_that_goes_away(wrong: Path) -> None:
    for form in ("text", "json", "github"):
        run = shell(f"mir check --format {form} '{wrong}' | head -1")
        assert (run.returncode, run.stderr) == (141, ""), "not 1, which says that a card is wrong"
        assert run.stdout.count("\n") == 1
    assert shell(f"mir check '{wrong}' | true").stderr == ""
    assert shell("mir rules | true").stderr == ""


def test_a_full_device(wrong: Path) -> None:
    for command in (f"check '{wrong}'", "show AlexNet", "query 'SELECT 1'"):
        run = shell(f"mir {command} > /dev/full")
        assert run.returncode == 2, command
        assert run.stderr == "mir: error: the output cannot be written: No space left on device\n"


def test_streams_that_are_closed(wrong: Path, tmp_path: Path) -> None:
    for closed in (">&-", "<&- >&- 2>&-"):
        report = tmp_path / "made.json"
        run = shell(f"mir check --format json --output '{report}' '{wrong}' {closed}")
        assert (run.returncode, run.stdout) == (1, "")
        assert "Traceback" not in run.stderr
        assert len(json.loads(report.read_text())) >= 1000, "what was printed went into the file"
        assert shell(f"mir check '{wrong}' {closed}").returncode == 1


@pytest.mark.parametrize(
    "environment",
    [{"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "latin-1:strict"}, {"LC_ALL": "C", "PYTHONUTF8": "0"}],
    ids=str,
)
def test_letters_that_the_output_lacks(wrong: Path, environment: dict[str, str]) -> None:
    environment = {"PYTHONCOERCECLOCALE": "0", **environment}
    for command, code in (
        (f"check '{wrong}'", 1),
        (f"convert '{wrong}' --to csv", 0),
        (f"search --cards '{wrong}'", 0),
    ):
        run = shell(f"mir {command}", **environment)
        assert run.returncode == code, run.stderr
        assert "Traceback" not in run.stderr
        assert run.stdout
    run = shell("mir check 'nowhere 模型'", **environment)
    assert run.returncode == 2
    assert run.stderr.startswith("mir: error: there is no file or folder 'nowhere ")


def test_too_little_memory(tmp_path: Path) -> None:
    card = tmp_path / "card.yml"
    entries = (f"- Name: m{number}\n  Metadata: {{Parameters: -{number}1}}\n" for number in range(3000))
    card.write_text(f"Models:\n{''.join(entries)}")
    codes, errors = [], set()
    for megabytes in (16, 24, 48, 1024):  # with less, Python 3.11 may try for ever to enter an exception's handler
        limited = (
            "import resource; from pathlib import Path; from registry.cli import check_run, main\n"
            "used = int(Path('/proc/self/statm').read_text().split()[0]) * resource.getpagesize()\n"
            f"resource.setrlimit(resource.RLIMIT_AS, (used + {megabytes << 20},) * 2)\n"
            "main()"
        )
        run = shell(f'{sys.executable} -c "{limited}" check --format json {card}')
        codes.append(run.returncode)
        errors.add(run.stderr)
        if run.returncode == 2:
            # A library that finds no room to be loaded says so in its own words.
            assert (run.stderr[:5], run.stderr.count("\n")) == ("mir: ", 1)
        else:
            assert (run.stdout.count("MIR202"), run.stderr) == (3000, "")
    assert codes == sorted(codes, reverse=True)
    assert set(codes) == {1, 2}
    assert "mir: error: there is not enough memory\n" in errors


SWALLOWED = """
import os, signal
try:
    os.kill(os.getpid(), signal.SIGTERM)
except BaseException:
    raise RuntimeError("Query interrupted") from None
"""
"""As DuckDB has it."""


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (
            "raise RuntimeError('two\\nlines')",
            "mir: internal error: RuntimeError: two lines in first:1; please report it",
        ),
        ("f = lambda: f(); f()", "mir: internal error: RecursionError: maximum recursion depth exceeded"),
        ("raise MemoryError", "mir: error: there is not enough memory"),
        ("open('/nowhere/at/all')", "mir: error: /nowhere/at/all: No such file or directory"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", "mir: interrupted"),
        (SWALLOWED, "mir: interrupted"),
    ],
)
def test_what_nobody_foresaw(warm: Any, fault: str, message: str) -> None:
    """A fault of our own, in the place of a command."""
    first = f"import registry.cli.rules as rules\ndef callback(**_): exec(compile({fault!r}, 'first', 'exec'), {{}})\n"
    run = warm.run("rules", first=f"{first}rules.command.callback = callback")
    assert run.code == (143 if "SIGTERM" in fault else 2)
    assert run.err.strip().startswith(message)
    assert run.err.strip().count("\n") == 0
    rules = warm.run("rules", first=f"{first}rules.command.callback = callback", environment={"MIR_TRACEBACK": "1"})
    assert ("Traceback" in rules.err) == ("SIGTERM" not in fault)
