"""Every guarantee in SECURITY.md names a test that is there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
SECTION = TEXT.partition("\n## Guarantees\n")[2].partition("\n## ")[0]
GUARANTEES = [" ".join(item.split()) for item in re.split(r"\n(?:- |### .*\n|\n)", SECTION) if "`tests/" in item][1:]
_TEST = re.compile(r"`(tests/[^`]+\.py)::([^`]+)`")


@cache
def names_in(file: str) -> frozenset[str]:
    """The names of a file's tests, those of classes as `Class::test`."""
    names = set()
    for node in ast.parse((ROOT / file).read_text(encoding="utf-8")).body:
        inside = node.body if isinstance(node, ast.ClassDef) else [node]
        before = f"{node.name}::" if isinstance(node, ast.ClassDef) else ""
        names |= {before + node.name for node in inside if isinstance(node, ast.FunctionDef)}
    return frozenset(name for name in names if name.rpartition("::")[2].startswith("test_"))


def test_there_are_guarantees() -> None:
    assert len(GUARANTEES) > 25
    assert len(GUARANTEES) == SECTION.count("\n- ")


@pytest.mark.parametrize("guarantee", GUARANTEES, ids=[guarantee[:60] for guarantee in GUARANTEES])
def test_a_guarantee_is_one_sentence_and_names_tests_that_are_there(guarantee: str) -> None:
    sentence = guarantee.partition(" `tests/")[0]
    assert sentence.endswith(".")
    assert ". " not in sentence
    tests = _TEST.findall(guarantee)
    assert tests
    for file, name in tests:
        assert (ROOT / file).is_file(), f"there is no {file}"
        assert name in names_in(file), f"{file} has no test {name}"


def test_it_is_found() -> None:
    assert "(SECURITY.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert '"/SECURITY.md"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
