"""The table of what once fooled a verdict names tests that exist, and leaves out no number."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE = (ROOT / "tests" / "verdicts.md").read_text(encoding="utf-8")


def test_every_number_has_a_test() -> None:
    numbers = [int(number) for number in re.findall(r"^\| (\d+) \|", TABLE, re.MULTILINE)]
    assert numbers == [*range(1, 20), *range(1, 13)]
    rows = re.findall(r"^\| \d+ \| .+? \| (.+) \|$", TABLE, re.MULTILINE)
    assert all("`tests/" in row or row == "the same two" for row in rows)


def test_the_tests_exist() -> None:
    tests = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", TABLE)
    assert len(tests) > 40
    for file, function in tests:
        source = (ROOT / file).read_text(encoding="utf-8")
        assert f"def {function}(" in source if function else "def test_" in source or "bench" in file, (file, function)
