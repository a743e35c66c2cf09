"""Identifiers that the Hugging Face Hub knows."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from registry.vocabulary.metrics import fold
from registry.vocabulary.tables import read_table

Identifiers = Literal["licenses", "tasks"]


@cache
def hub_identifiers(kind: Identifiers) -> Mapping[str, str]:
    """The identifiers by their folded spelling, in which a hyphen is a space and case does not count."""
    return {fold(name): name for name in read_table(Path(__file__).with_name("hub.toml"))[kind]}
