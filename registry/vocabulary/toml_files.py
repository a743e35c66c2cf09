"""Reading TOML files: vocabularies and configurations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from registry.files import read_bounded, reason
from registry.lazy_regex import lazy_regex
from registry.types import ConfigError, Location

_LARGEST = 1 << 20

_DEEPEST = 50
"""Parts of a dotted key; reading them takes the square of their number."""

_ELSEWHERE = lazy_regex(r"\"[^\"\n]*\"|'[^'\n]*'|#[^\n]*")
_BETWEEN = lazy_regex(r"[=,\n\[\]{}]")
"""What is no key: texts and comments; and what keys stand between."""


class _TableLoader(SourceFileLoader):
    """Reads a table as Python reads a module: what was parsed is kept in `__pycache__` until the file is another."""

    _SUFFIX = ".table"

    def __init__(self, file: Path) -> None:
        # What Python keeps is named after the source without its last suffix.
        super().__init__(file.stem, f"{file}{self._SUFFIX}")

    def path_stats(self, path: str) -> Mapping[str, Any]:
        return super().path_stats(path.removesuffix(self._SUFFIX))

    def get_data(self, path: str) -> bytes:
        return super().get_data(path.removesuffix(self._SUFFIX))

    def source_to_code(  # type: ignore[override]
        self,
        data: Any,
        path: Any,
        *,
        _optimize: int = -1,
    ) -> CodeType:
        import tomllib

        return compile(f"TABLE = {tomllib.loads(data.decode())!r}", path, "exec", dont_inherit=True)


def own_table(file: Path) -> dict[str, Any]:
    """The content of a TOML file of this package.

    Args:
        file: Holds no dates, which have no name in Python without an import.
    """
    module = ModuleType(file.stem)
    _TableLoader(file).exec_module(module)
    table: dict[str, Any] = module.TABLE
    return table


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
    import tomllib  # most runs read no other table than those of this package

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
        message = (str(error)[: place.start()].rstrip() if place else str(error))[:200]
        where = at._replace(line=int(place[1]), column=int(place[2])) if place else at
        raise ConfigError(f"is not TOML: {message}", location=where) from error
    except ValueError as error:  # no UTF-8, or a number of thousands of digits
        raise ConfigError(f"cannot be read: {str(error)[:200]}", location=at) from error
