"""The configuration: mir.toml, or `[tool.mir]` of pyproject.toml."""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from registry.file_inputs import asked
from registry.types import ConfigError, Location
from registry.vocabulary import Vocabulary
from registry.vocabulary.toml_files import read_toml


@dataclass(frozen=True, kw_only=True, slots=True)
class Config:
    """What a project sets for `mir`. Paths in it start from the folder of `file`.

    Attributes:
        file: The mir.toml or pyproject.toml it was read from, `None` where there is none.
        paths: What `mir check` reads when it is given no path.
        select: Rule ids or prefixes to run (`MIR1` means all of MIR1xx); empty means all.
        ignore: Rule ids or prefixes to leave out.
        dialect: Dialect of the cards, where it should not be detected.
        vocabulary: TOML files that extend the known metrics and datasets.
        baseline: File of findings to leave out.
        evidence: Folder or URL of the evidence; the nearest `evidence` at or above the cards where it is not set.
        shared_cache: Folder or URL of weights that machines share; `MIR_SHARED_CACHE` goes before it.
        datasets: Folder of each dataset by its name.
        exclude: Files and folders that are left out, as patterns of .gitignore from the configuration's folder.
        per_file_ignores: Rule ids or prefixes to leave out in the files that a pattern matches.
        hosts: Hosts that weights may be downloaded from; empty means the built-in list.
        private_hosts: Hosts of one's own network, or this machine, that they may come from besides; see `Policy`.
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
    exclude: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hosts: tuple[str, ...] = ()
    private_hosts: tuple[str, ...] = ()

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


NAMES = ("mir.toml", "pyproject.toml")
"""Files that may hold a configuration, the first that has one counts."""

_LISTS = {"paths", "select", "ignore", "vocabulary", "hosts", "private_hosts", "exclude"}
_TABLES = {"datasets"}
_TABLES_OF_LISTS = {"per_file_ignores"}


def find_config(start: Path) -> Config:
    """Read the nearest configuration at or above `start`.

    The search ends at the border of the repository that `start` lies in, and where everybody may put files.

    Raises:
        ConfigError: The file is not TOML, or a key is unknown or of the wrong type.
    """
    asked(start)
    for folder in folders_up_from(os.path.realpath(start)):
        for file in files_in(folder):
            settings = read_settings(file)
            if settings is not None:
                return make_config(file, *settings)
    return Config()


def read_config(file: Path) -> Config:
    """Read the configuration of `file`; defaults where a pyproject.toml has no table `[tool.mir]`.

    Raises:
        ConfigError: The file is not TOML, or a key is unknown or of the wrong type.
    """
    return make_config(file.resolve(), *(read_settings(file) or ({}, "")))


def folders_up_from(start: str) -> Iterator[Path]:
    """A folder and those above it, as far as who may write there is the same: up to its repository's own."""
    for parent in (Path(start), *Path(start).parents):
        if _is_everybodys(parent):
            return
        yield parent
        asked(parent / ".git")
        if os.path.lexists(parent / ".git"):
            return


def files_in(folder: Path) -> Iterator[Path]:
    """The files of a folder that can hold a configuration, the one that counts first."""
    for name in NAMES:
        file = folder / name
        asked(file)
        if os.path.isfile(file):  # noqa: PTH113 - `Path.is_file` raises where a name is too long
            yield file


def read_settings(file: Path) -> tuple[dict[str, Any], str] | None:
    """The table and the text that it stands in; `None` where a pyproject.toml has none.

    Raises:
        ConfigError: The file cannot be read or is not TOML.
    """
    document, text = read_toml(file)
    tool = document.get("tool")
    table = tool.get("mir") if isinstance(tool, dict) else None
    if isinstance(table, dict):
        return table, text
    return None if file.name == "pyproject.toml" else (document, text)


_EVERYBODYS = stat.S_IWOTH | stat.S_ISVTX


def _is_everybodys(folder: Path) -> bool:
    """Whether a folder is there for everybody on this machine to put files into, as `/tmp` is."""
    asked(folder)
    try:
        return sys.platform != "win32" and folder.stat().st_mode & _EVERYBODYS == _EVERYBODYS
    except OSError:
        return False


def make_config(file: Path, table: dict[str, Any], text: str) -> Config:
    """The configuration that a table is.

    Raises:
        ConfigError: A key is unknown or of the wrong type.
    """
    settings = {item.name.replace("_", "-"): item.name for item in fields(Config) if item.name != "file"}
    names = ", ".join(sorted(settings))
    settings |= {name: name for name in settings.values()}
    values: dict[str, Any] = {}
    for key, value in table.items():
        at = _place(file, key, text)
        name = settings.get(key)
        if name is None:
            import difflib  # only for who mistypes

            near = difflib.get_close_matches(key, settings, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"there are {names}"
            raise ConfigError(f"there is no setting '{key}'; {hint}", location=at)
        if name in _LISTS:
            if not _is_texts(value):
                raise ConfigError(f"'{key}' must be a list of texts", location=at)
            if name == "private_hosts" and any("*" in host for host in value):
                raise ConfigError(f"'{key}' must name each host in full, without *", location=at)
            values[name] = tuple(value)
        elif name in _TABLES:
            if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
                raise ConfigError(f"'{key}' must map names to paths", location=at)
            values[name] = value
        elif name in _TABLES_OF_LISTS:
            if not isinstance(value, dict) or not all(_is_texts(item) for item in value.values()):
                raise ConfigError(f"'{key}' must map patterns of files to lists of rules", location=at)
            values[name] = {pattern: tuple(rules) for pattern, rules in value.items()}
        elif isinstance(value, str):
            values[name] = value
        else:
            raise ConfigError(f"'{key}' must be a text", location=at)
    return Config(file=file, **values)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _place(file: Path, key: str, text: str) -> Location:
    """Where a setting stands: TOML's reader does not tell, so its key is looked for in its table."""
    start = text.find("[tool.mir")
    name = re.escape(key)
    match = re.compile(rf"""^[ \t]*(?:\[(?:tool\.mir\.)?)?(["']?{name}["']?)[ \t]*[\].=]""", re.MULTILINE).search(
        text, max(start, 0)
    )
    if match is None:
        return Location(file=str(file))
    line = text.count("\n", 0, match.start(1)) + 1
    column = match.start(1) - (text.rfind("\n", 0, match.start(1)) + 1) + 1
    return Location(file=str(file), line=line, column=column)
