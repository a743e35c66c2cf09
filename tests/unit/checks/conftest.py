"""Checking text without files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from registry.checks import check
from registry.config import Config
from registry.loader import load
from registry.types import Finding, Index


@pytest.fixture
def index_of(tmp_path: Path) -> Callable[..., Index]:
    def make(text: str, name: str = "model-index.yml") -> Index:
        file = tmp_path / name
        return load([file], root=tmp_path, contents={str(file.resolve()): text.encode()})

    return make


@pytest.fixture
def check_text(index_of: Callable[..., Index]) -> Callable[..., list[Finding]]:
    def run(text: str, name: str = "model-index.yml", **settings: object) -> list[Finding]:
        return check(index_of(text, name), config=Config(**settings))  # type: ignore[arg-type]

    return run
