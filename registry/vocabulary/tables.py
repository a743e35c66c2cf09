"""Reading vocabulary files."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from registry.types import ConfigError, Location


def read_table(file: Path) -> dict[str, Any]:
    """The content of a TOML file.

    Raises:
        ConfigError: It is missing, unreadable or not TOML.
    """
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ConfigError(f"cannot be read: {error}", location=Location(file=str(file))) from error
