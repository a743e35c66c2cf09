"""Reading TOML files: vocabularies and configurations."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

from registry.files import read_bounded, reason
from registry.types import ConfigError, Location

_LARGEST = 1 << 20

_DEEPEST = 50
"""Parts of a dotted key; reading them takes the square of their number."""

_ELSEWHERE = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|#[^\n]*")
_BETWEEN = re.compile(r"[=,\n\[\]{}]")
"""What is no key: texts and comments; and what keys stand between."""


def read_table(file: Path) -> dict[str, Any]:
    """The content of a TOML file.

    Raises:
        ConfigError: It is missing, no plain file, too large, too deep or not TOML.
    """
    return read_toml(file)[0]


def read_toml(file: Path) -> tuple[dict[str, Any], str]:
    """The content of a TOML file, and its text.

    Raises:
        ConfigError: It is missing, no plain file, too large, too deep or not TOML.
    """
    at = Location(file=str(file))
    try:
        text = read_bounded(file, _LARGEST).decode()
        if any(part.count(".") > _DEEPEST for part in _BETWEEN.split(_ELSEWHERE.sub("", text))):
            raise RecursionError
        return tomllib.loads(text), text
    except OSError as error:
        raise ConfigError(f"cannot be read: {reason(error)}", location=at) from error
    except RecursionError as error:
        raise ConfigError("cannot be read: its tables and lists are nested too deeply", location=at) from error
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+), column (\d+)\)$", str(error))
        said = (str(error)[: place.start()].rstrip() if place else str(error))[:200]
        where = replace(at, line=int(place[1]), column=int(place[2])) if place else at
        raise ConfigError(f"is not TOML: {said}", location=where) from error
    except ValueError as error:  # no UTF-8, or a number of thousands of digits
        raise ConfigError(f"cannot be read: {str(error)[:200]}", location=at) from error
