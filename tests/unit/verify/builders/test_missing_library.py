"""A model whose library is not installed has that as its reason, and nothing else stops."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from registry.verify.builders import transformers_files

Run = Callable[..., tuple[int, str, str]]

CARDS = """Models:
- Name: by-a-library
  Builder: transformers:gpt2
  Metadata:
    Parameters: 124439808
- Name: alexnet
  Builder: torchvision:alexnet
  Metadata:
    Parameters: 61100840
"""


def test_a_missing_library_is_the_reason_of_its_own_models(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mir: Run
) -> None:
    transformers_files.library.cache_clear()
    monkeypatch.setitem(sys.modules, "transformers", None)
    (tmp_path / "model-index.yml").write_text(CARDS, encoding="utf-8")
    code, out, _ = mir("verify", str(tmp_path), "--engine", "local", "--format", "table")
    assert code == 0
    assert "transformers is not installed" in out
    assert "1 reproduced, 1 unverifiable" in out
    transformers_files.library.cache_clear()
