"""Tables of the package are what TOML's reader makes of them, also when Python kept them compiled."""

from __future__ import annotations

import os
import shutil
import sys
import tomllib
from pathlib import Path

import pytest

from registry import vocabulary
from registry.vocabulary.toml_files import own_table

TABLES = sorted(Path(vocabulary.__file__).parent.glob("*.toml"))


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_each_table_is_what_toml_says(table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    copy = Path(shutil.copy(table, tmp_path))
    expected = tomllib.loads(table.read_text(encoding="utf-8"))
    assert own_table(copy) == expected
    assert list((tmp_path / "__pycache__").iterdir()), "it was kept"
    assert own_table(copy) == expected


def test_a_changed_table_is_read_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    file = tmp_path / "a.toml"
    file.write_text("a = 1\n")
    assert own_table(file) == {"a": 1}
    file.write_text("a = 22\n")
    os.utime(file, (1, 1))
    assert own_table(file) == {"a": 22}
