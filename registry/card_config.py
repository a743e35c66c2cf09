"""The configurations that lie beside cards, which may say less than that of whoever runs `mir`."""

from __future__ import annotations

import os
from collections.abc import Container, Iterable
from pathlib import Path

from registry.config import Config, files_in, folders_up_from, make_config, read_settings
from registry.file_inputs import asked
from registry.files import relative
from registry.types import ConfigError, Location

_POWERS = {"baseline", "datasets", "evidence", "exclude", "hosts", "private_hosts", "shared_cache", "vocabulary"}
"""What reads, writes, asks or looks away outside of the cards, and is not for those to say who write them."""


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
            asked(folder)
            self._known[folder] = self._nearest(os.path.realpath(folder))
        return self._known[folder]

    def dialect(self, paths: Iterable[Path], dialects: Container[str]) -> str | None:
        """The dialect that these configurations give all of some paths, `None` where they do not agree on one."""
        configs = []
        for path in paths:
            asked(path)
            configs.append(self.of(str((path if path.is_dir() else path.parent) / "_")))
        said_dialects = {None if config is None else config.dialect for config in configs}
        dialect = said_dialects.pop() if len(said_dialects) == 1 else None
        if dialect is None or dialect in dialects:
            return dialect
        for file in {config.file for config in configs if config is not None and config.file is not None}:
            self.wrong[self.location(file)] = f"there is no dialect '{dialect}'"
        return None

    @staticmethod
    def location(file: Path) -> Location:
        """A configuration as it is named in messages: as seen from here."""
        try:
            return Location(file=Path(relative(file)).as_posix())
        except ValueError:  # another drive
            return Location(file=file.as_posix())

    def _nearest(self, folder: str) -> Config | None:
        """The same for a folder, by its real path; each folder is looked into once."""
        passed: list[Path] = []
        nearest: Config | None = None
        for parent in folders_up_from(folder):
            if parent in self._real:
                nearest = self._real[parent]
                break
            passed.append(parent)
            config = next((config for file in files_in(parent) if (config := self._read(file)) is not None), None)
            if config is not None:
                nearest = None if config.file == self._caller.file else config
                break
        self._real.update(dict.fromkeys(passed, nearest))
        return nearest

    def _read(self, file: Path) -> Config | None:
        at = self.location(file)
        if file == self._caller.file:
            return self._caller
        if file.is_symlink():
            return None  # it may lead to anybody's
        try:
            settings = read_settings(file)
            if settings is None:
                return None
            table, text = settings
            powers = [key for key in table if key.replace("-", "_") in _POWERS]
            config = make_config(file, {key: value for key, value in table.items() if key not in powers}, text)
        except ConfigError as error:
            self.wrong[(error.location or at)._replace(file=at.file)] = error.message
            return None
        if powers:
            advice = (
                "this counts only in the configuration of the folder that mir runs in, or in one that --config names"
            )
            self.unheeded[at] = f"{', '.join(sorted(powers))}: {advice}"
        return config
