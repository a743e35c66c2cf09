"""Hostile cards end in a finding, soon and in little memory; the limits leave room for slow machines."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

SECONDS = 5.0
MEGABYTES = 200

_MEASURED = """
import atexit, os
from registry.cli import main

def peak():
    with open("/proc/self/status") as status:
        line = next(line for line in status if line.startswith("VmHWM"))
    os.write(2, ("peak " + line.split()[1]).encode())

atexit.register(peak)
main()
"""

MILLION = 1_000_000
HEAD = "Models:\n- Name: x\n  Metadata:\n    a: "


def _aliases() -> str:
    levels = "abcdefghijkl"
    lines = [f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]" for before, name in pairwise(levels)]
    return "\n".join(["a: &a [1, 2, 3]", *lines, "Models:", "- Name: x", "  Metadata: *l", ""])


def _merges() -> str:
    keys = ", ".join(f"k{number}: 1" for number in range(1000))
    again = "".join(f"- Name: x{number}\n  Metadata: {{<<: [{', '.join(['*a'] * 100)}]}}\n" for number in range(1000))
    return f"a: &a {{{keys}}}\nModels:\n{again}"


TEXTS: dict[str, tuple[str, Callable[[], str]]] = {
    "lists in lists": ("x.yml", lambda: HEAD + "[" * MILLION),
    "mappings in mappings": ("x.yml", lambda: HEAD + "{a: " * MILLION),
    "items in items": ("x.yml", lambda: "Models:\n" + "- " * MILLION),
    "keys in keys": ("x.yml", lambda: "Models:\n" + "? " * MILLION),
    "arrays in JSON": ("x.json", lambda: '{"Models":' + "[" * MILLION),
    "objects in JSON": ("x.json", lambda: '{"Models":' + '{"a":' * MILLION),
    "lists in a comment": ("x.md", lambda: "<!--\nType: model-index\n" + HEAD + "[" * MILLION + "-->"),
    "aliases of aliases": ("x.yml", _aliases),
    "merges of merges": ("x.yml", _merges),
    "an alias of itself": ("x.yml", lambda: "Models: &m\n- Name: x\n  Metadata: *m\n- *m\n"),
    "many anchors": ("x.yml", lambda: "Models:\n" + "".join(f"- &a{number} x\n" for number in range(30_000))),
    "one key, often": ("x.yml", lambda: "Models:\n- Name: x\n" + "  a: 1\n" * 30_000),
    "NUL in YAML": ("x.yml", lambda: "Models:\n- Name: a\0b\n"),
    "NUL in a path": ("x.yml", lambda: 'Models:\n- Name: a\n  Metadata: "\\0.yml"\n'),
    "comments that never end": ("x.md", lambda: "<!-- Type: model-index\n" * 100_000),
    "fences that never end": ("x.md", lambda: "~~~~\n```\n" * 100_000),
    "spaces": ("x.yml", lambda: " " * 10_000_000),
    "digits": ("x.yml", lambda: HEAD + "x\n    Parameters: " + "9" * 5_000_000),
    "colons and digits": ("x.yml", lambda: HEAD + "x\n    Parameters: 1" + ":1" * 1_000_000),
    "imports of all that is above": (
        "x.yml",
        lambda: "Import: ['../../../../../etc/passwd', /etc/passwd, '/**/*.yml']\n",
    ),
    "stars": ("x.yml", lambda: f"Import: ['{'*a' * 2000}.yml', '{'**/' * 200}*.yml']\n"),
    "an import of itself through a wildcard": ("model-index.yml", lambda: "Import: '*.yml'\nModels:\n- Name: a\n"),
}


@pytest.fixture
def check(tmp_path: Path) -> Callable[[Path], list[dict[str, object]]]:
    """Runs `mir check` in a process of its own and returns its findings."""

    def run(path: Path) -> list[dict[str, object]]:
        command = [sys.executable, "-c", _MEASURED, "check", "--format", "json", str(path)]
        started = time.monotonic()
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert time.monotonic() - started < SECONDS
        said, _, peak = done.stderr.rpartition("peak ")
        assert "Traceback" not in said
        assert done.returncode == 1, said
        assert int(peak) / 1024 < MEGABYTES
        findings: list[dict[str, object]] = json.loads(done.stdout)
        assert findings
        return findings

    return run


pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the peak of memory is read from /proc")


@pytest.mark.parametrize(("name", "make"), TEXTS.values(), ids=TEXTS)
def test_a_hostile_text_ends_in_a_finding(
    tmp_path: Path, check: Callable[[Path], list[dict[str, object]]], name: str, make: Callable[[], str]
) -> None:
    path = tmp_path / name
    path.write_text(make(), encoding="utf-8")
    findings = check(path)
    assert len(findings) < 500


def test_a_gigabyte_ends_in_a_finding(tmp_path: Path, check: Callable[[Path], list[dict[str, object]]]) -> None:
    path = tmp_path / "card.yml"
    path.touch()
    os.truncate(path, 2**30)
    assert check(path)[0]["rule"] == "MIR002"
    assert check(tmp_path)[0]["rule"] == "MIR002"


def test_pipes_devices_and_links_end_in_a_finding(
    tmp_path: Path, check: Callable[[Path], list[dict[str, object]]]
) -> None:
    secret = tmp_path / "secret.yml"
    secret.write_text("Models:\n- Name: secret\n")
    root = tmp_path / "root"
    root.mkdir()
    os.mkfifo(root / "pipe.yml")
    (root / "zero.yml").symlink_to("/dev/zero")
    (root / "link.md").symlink_to(secret)
    findings = check(root)
    assert [finding["rule"] for finding in findings] == ["MIR023", "MIR001", "MIR023"]
    assert "Name: secret" not in json.dumps(findings)
    for name in ("pipe.yml", "zero.yml", "link.md"):
        check(root / name)
    check(Path("/dev/zero"))


def test_a_circle_of_imports_ends_in_a_finding(
    tmp_path: Path, check: Callable[[Path], list[dict[str, object]]]
) -> None:
    (tmp_path / "a.yml").write_text("Import: b.yml\nModels:\n- Name: A\n")
    (tmp_path / "b.yml").write_text("Import: a.yml\nModels:\n- Name: B\n")
    assert "MIR024" in {finding["rule"] for finding in check(tmp_path / "a.yml")}
