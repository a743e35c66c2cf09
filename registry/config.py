"""`[tool.mir]` of the nearest pyproject.toml."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from registry.files import open_plain
from registry.types import ConfigError, Location
from registry.vocabulary import Vocabulary


@dataclass(frozen=True, kw_only=True, slots=True)
class Config:
    """What a project sets for `mir`. Paths in it start from the folder of `file`.

    Attributes:
        file: The pyproject.toml it was read from, `None` where there is none.
        paths: What `mir check` reads when it is given no path.
        select: Rule ids or prefixes to run (`MIR1` means all of MIR1xx); empty means all.
        ignore: Rule ids or prefixes to leave out.
        dialect: Dialect of the cards, where it should not be detected.
        vocabulary: TOML files that extend the known metrics and datasets.
        baseline: File of findings to leave out.
        evidence: Folder or URL of the evidence; `evidence` beside the cards where it is not set.
        shared_cache: Folder or URL of weights that machines share; `MIR_SHARED_CACHE` goes before it.
        datasets: Folder of each dataset by its name.
        hosts: Hosts that weights may be downloaded from; empty means the built-in list.
    """

    file: Path | None = None
    paths: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    dialect: str | None = None
    vocabulary: tuple[str, ...] = ()
    baseline: str | None = None
    evidence: str | None = None
    shared_cache: str | None = None
    datasets: Mapping[str, str] = field(default_factory=dict)
    hosts: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """The folder that relative paths of the configuration start from."""
        return self.file.parent if self.file is not None else Path.cwd()

    def load_vocabulary(self) -> Vocabulary:
        """The known metrics, data sets and tasks, those of the project's own files included.

        Raises:
            ConfigError: A file cannot be read, or is no vocabulary.
        """
        return Vocabulary.load(*(str(self.folder / file) for file in self.vocabulary))


_LISTS = {"paths", "select", "ignore", "vocabulary", "hosts"}
_TABLES = {"datasets"}
_LARGEST = 4 << 20


def find_config(start: Path) -> Config:
    """Read `[tool.mir]` from the nearest pyproject.toml at or above `start` that has one.

    Raises:
        ConfigError: The file is not TOML, or a key is unknown or of the wrong type.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        file = folder / "pyproject.toml"
        if os.path.isfile(file):  # noqa: PTH113 - `Path.is_file` raises where a name is too long
            table = _read(file)
            if table is not None:
                return _config(file, table)
    return Config()


def read_config(file: Path) -> Config:
    """Read `[tool.mir]` from `file`; defaults where it has no such table.

    Raises:
        ConfigError: The file is not TOML, or a key is unknown or of the wrong type.
    """
    return _config(file.resolve(), _read(file) or {})


def _read(file: Path) -> dict[str, Any] | None:
    try:
        with open_plain(file) as opened:
            data = opened.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            raise ConfigError(f"is larger than {_LARGEST} bytes", location=Location(file=str(file)))
        document = tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ConfigError(f"cannot be read: {error}", location=Location(file=str(file))) from error
    tool = document.get("tool")
    table = tool.get("mir") if isinstance(tool, dict) else None
    return table if isinstance(table, dict) else None


def _config(file: Path, table: dict[str, Any]) -> Config:
    at = Location(file=str(file))
    known = {item.name for item in fields(Config)} - {"file"}
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in known:
            raise ConfigError(f"[tool.mir] has no key '{key}'; it has {', '.join(sorted(known))}", location=at)
        if key in _LISTS:
            if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
                raise ConfigError(f"'{key}' in [tool.mir] must be a list of texts", location=at)
            values[key] = tuple(value)
        elif key in _TABLES:
            if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
                raise ConfigError(f"[tool.mir.{key}] must map names to paths", location=at)
            values[key] = value
        elif isinstance(value, str):
            values[key] = value
        else:
            raise ConfigError(f"'{key}' in [tool.mir] must be a text", location=at)
    return Config(file=file, **values)
