"""A short turn of every property, and every case that a long turn ever found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings

from .properties import PROPERTIES

CASES = sorted((Path(__file__).parent / "cases").glob("*/*.json"))
EXAMPLES = 150


@pytest.mark.parametrize("name", PROPERTIES)
def test_that(name: str) -> None:
    cases, holds = PROPERTIES[name]
    settings(deadline=None, max_examples=EXAMPLES)(given(cases)(holds))()


@pytest.mark.parametrize("file", CASES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_what_was_found_stays_mended(file: Path) -> None:
    PROPERTIES[file.parent.name].holds(json.loads(file.read_text(encoding="utf-8")))
