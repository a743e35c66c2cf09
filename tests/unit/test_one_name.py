"""No two modules and no two public types of the package have one name, so that a name says which is meant."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import registry

FILES = [file for file in Path(registry.__file__).parent.rglob("*.py") if not file.name.startswith("__")]


def test_no_two_modules_have_one_name():
    assert len(FILES) > 500
    assert [name for name, count in Counter(file.stem for file in FILES).items() if count > 1] == []


def test_no_two_public_types_have_one_name():
    types = Counter(
        node.name
        for file in FILES
        for node in ast.parse(file.read_bytes()).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert len(types) > 300
    assert [name for name, count in types.items() if count > 1] == []
