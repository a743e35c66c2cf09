"""`[tool.mir]`: that of whoever runs `mir`, and those that lie beside the cards, which may say less."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from registry.types import ConfigError, Location
from registry.vocabulary.tables import read_table


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


_LISTS = {"paths", "select", "ignore", "vocabulary", "hosts"}
_TABLES = {"datasets"}
_POWERS = {"baseline", "datasets", "evidence", "hosts", "shared_cache", "vocabulary"}
"""What reads, writes or asks outside of the cards, and is not for those to say who write them."""


def find_config(start: Path) -> Config:
    """Read `[tool.mir]` from the nearest pyproject.toml at or above `start` that has one.

    The search ends at the border of the repository that `start` lies in, and where anybody may put files.

    Raises:
        ConfigError: The file is not TOML, or a key is unknown or of the wrong type.
    """
    for folder in _folders(os.path.realpath(start)):
        file = _file(folder)
        table = None if file is None else _table(file)
        if file is not None and table is not None:
            return _config(file, table)
    return Config()


def read_config(file: Path) -> Config:
    """Read `[tool.mir]` from `file`; defaults where it has no such table.

    Raises:
        ConfigError: The file is not TOML, or a key is unknown or of the wrong type.
    """
    return _config(file.resolve(), _table(file) or {})


class CardConfigs:
    """The configurations that lie beside cards: which rules hold for the cards below, and in which dialect they are.

    Whoever writes a card can write such a file as well. So nothing in it makes `mir` read, write or ask anything, and
    what of it does not count is listed.

    Attributes:
        asked: What holds for every card.
        wrong: What is wrong with these files: each with its place and a sentence.
        unheeded: Keys that do not count there, in the same form.
    """

    def __init__(self, caller: Config, asked: Config | None = None) -> None:
        """Set up.

        Args:
            caller: The configuration of whoever runs `mir`, which is none of these.
            asked: `select` and `ignore` of the command line, which hold for every card.
        """
        self._caller = caller
        self.asked = asked or Config()
        self._known: dict[str, Config | None] = {}
        self._real: dict[Path, Config | None] = {}
        self.wrong: dict[Location, str] = {}
        self.unheeded: dict[Location, str] = {}

    def of(self, file: str) -> Config | None:
        """The configuration nearest to a card's file, at or above it; `None` where that is the caller's, or none."""
        folder = os.path.dirname(file)  # noqa: PTH120 - asked for every finding
        if folder not in self._known:
            self._known[folder] = self._nearest(os.path.realpath(folder))
        return self._known[folder]

    def dialect(self, paths: Iterable[Path], known: Container[str]) -> str | None:
        """The dialect that these configurations give all of some paths, `None` where they do not agree on one.

        Args:
            paths: Cards and folders of cards.
            known: The dialects that there are.
        """
        configs = [self.of(str((path if path.is_dir() else path.parent) / "_")) for path in paths]
        found = {None if config is None else config.dialect for config in configs}
        dialect = found.pop() if len(found) == 1 else None
        if dialect is None or dialect in known:
            return dialect
        for file in {config.file for config in configs if config is not None and config.file is not None}:
            self.wrong[self.location(file)] = f"there is no dialect '{dialect}'"
        return None

    @staticmethod
    def location(file: Path) -> Location:
        """A configuration as it is named in messages: as seen from here."""
        try:
            return Location(file=Path(os.path.relpath(file)).as_posix())
        except ValueError:  # another drive
            return Location(file=file.as_posix())

    def _nearest(self, folder: str) -> Config | None:
        """The same for a folder, by its real path; each folder is looked into once."""
        passed: list[Path] = []
        found: Config | None = None
        for each in _folders(folder):
            if each in self._real:
                found = self._real[each]
                break
            passed.append(each)
            config = self._read(file) if (file := _file(each)) else None
            if config is not None:
                found = None if config.file == self._caller.file else config
                break
        self._real.update(dict.fromkeys(passed, found))
        return found

    def _read(self, file: Path) -> Config | None:
        at = self.location(file)
        if file == self._caller.file:
            return self._caller
        if file.is_symlink():
            return None  # it may lead to anybody's
        try:
            table = _table(file)
            config = None if table is None else _config(file, {key: table[key] for key in table if key not in _POWERS})
        except ConfigError as error:
            self.wrong[at] = error.message
            return None
        powers = sorted(_POWERS.intersection(table or ()))
        if powers:
            self.unheeded[at] = (
                f"{', '.join(powers)}: this counts only in the configuration of the folder that mir runs in, or in one "
                "that --config names"
            )
        return config


def _folders(start: str) -> Iterator[Path]:
    """A folder and those above it, as far as who may write there is the same: up to its repository's own."""
    for each in (Path(start), *Path(start).parents):
        if _is_everybodys(each):
            return
        yield each
        if os.path.lexists(each / ".git"):
            return


def _file(folder: Path) -> Path | None:
    file = folder / "pyproject.toml"
    return file if os.path.isfile(file) else None  # noqa: PTH113 - `Path.is_file` raises where a name is too long


_EVERYBODYS = stat.S_IWOTH | stat.S_ISVTX


def _is_everybodys(folder: Path) -> bool:
    """Whether a folder is there for everybody on this machine to put files into, as `/tmp` is."""
    try:
        return sys.platform != "win32" and folder.stat().st_mode & _EVERYBODYS == _EVERYBODYS
    except OSError:
        return False


def _table(file: Path) -> dict[str, Any] | None:
    tool = read_table(file).get("tool")
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
