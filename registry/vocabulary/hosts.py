"""What is known of hosts that cards link to."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from registry.vocabulary.toml_files import own_table


@cache
def _table() -> dict[str, Any]:
    return own_table(Path(__file__).with_name("hosts.toml"))


@cache
def https_hosts() -> frozenset[str]:
    """Hosts that are known to serve https."""
    return frozenset(_table()["https"])


def retired_hosts() -> Mapping[str, str]:
    """Hosts that are gone, with what to do instead."""
    found: dict[str, str] = _table()["retired"]
    return found
