"""Which rules hold for which file: those of whoever runs the check, or of the configuration that lies nearest to it."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from registry.card_config import CardConfigs
from registry.checks.catalogue import selector
from registry.config import Config
from registry.file_inputs import asked
from registry.files import relative
from registry.read.ids import CARD_CONFIG, FAULT, READING_RULES
from registry.types import ConfigError, Finding, Location, Severity


class Selection:
    """Which rules hold for which file.

    A configuration beside cards is that of its cards, as the working folder's is that of all others. What it leaves out
    although it was asked for is counted, because whoever writes the cards can write it too.
    """

    def __init__(self, config: Config, beside: CardConfigs | None) -> None:
        """Set up.

        Raises:
            ConfigError: `select` or `ignore` of the caller names no rule.
        """
        self.asked = selector(config.select, config.ignore)
        self._ignored = ignored_in_its_file(config)
        self._ignored_beside: dict[Path, Callable[[Finding], bool]] = {}
        self._beside = beside
        self._of: dict[Path, Callable[[str], bool]] = {}
        self._wrong: dict[Path, str] = {}
        self._left_out: dict[Path, Counter[str]] = defaultdict(Counter)

    def anywhere(self, files: Iterable[str]) -> Callable[[str], bool]:
        """Whether a rule holds for any of some files."""
        # A configuration beside cards is that of all in its folder.
        one_of_each = {os.path.dirname(file): file for file in files}  # noqa: PTH120 - ten times as fast
        selectors = dict.fromkeys((self.asked, *(self._selector(file)[1] for file in one_of_each.values())))
        return lambda rule: any(chosen(rule) for chosen in selectors)

    def holds(self, rule: str, file: str) -> bool:
        """Whether a rule holds for a file."""
        return self._selector(file)[1](rule)

    def keeps(self, finding: Finding) -> bool:
        """Whether a finding is wanted. Those of our own mistakes are, whoever does not want them."""
        file, rule = finding.location.file, finding.rule
        config, chosen = self._selector(file)
        if rule == FAULT or chosen(rule):
            return True
        if config is not None and self.asked(rule):
            self._left_out[config][rule] += 1
        return False

    def ignores(self, finding: Finding) -> bool:
        """Whether a finding is left out because of the file that it is in (`per-file-ignores`)."""
        config, _ = self._selector(finding.location.file)
        if config is None or self._beside is None or self._beside.asked.select:
            return self._ignored(finding)
        if finding.rule == FAULT or not self._ignored_beside[config](finding):
            return False
        if self.asked(finding.rule):
            self._left_out[config][finding.rule] += 1
        return True

    def findings(self) -> Iterator[Finding]:
        """What there is to say of the configurations beside the cards, once everything was asked."""
        if self._beside is None or not self.asked(CARD_CONFIG):
            return
        for at, message in self._beside.wrong.items():
            yield _finding(message, at, READING_RULES[CARD_CONFIG].severity)
        for file, message in self._wrong.items():
            yield _finding(message, self._beside.location(file), READING_RULES[CARD_CONFIG].severity)
        for at, message in self._beside.unheeded.items():
            yield _finding(message, at, "info")
        for file, counts in self._left_out.items():
            text = ", ".join(f"{count} of {rule}" for rule, count in sorted(counts.items()))
            yield _finding(f"leaves out findings in its folder: {text}", self._beside.location(file), "info")

    def _selector(self, file: str) -> tuple[Path | None, Callable[[str], bool]]:
        config = None if self._beside is None else self._beside.of(file)
        if self._beside is None or config is None or config.file is None:
            return None, self.asked
        if config.file not in self._of:
            options = self._beside.asked
            try:
                chosen = selector(options.select or config.select, (*config.ignore, *options.ignore))
                self._ignored_beside[config.file] = ignored_in_its_file(config)
                self._of[config.file] = self.asked if options.select else chosen
            except ConfigError as error:
                self._wrong[config.file] = error.message
                self._of[config.file] = self.asked
                self._ignored_beside[config.file] = lambda _: False
        return config.file, self._of[config.file]


def _finding(message: str, at: Location, severity: Severity) -> Finding:
    return Finding(rule=CARD_CONFIG, severity=severity, message=message, location=at)


def ignored_in_its_file(config: Config) -> Callable[[Finding], bool]:
    """Whether the configuration leaves a finding out because of the file that it is in.

    Raises:
        ConfigError: An entry names no rule.
    """
    if not config.per_file_ignores:
        return lambda finding: False  # noqa: ARG005
    from pathspec import GitIgnoreSpec

    asked(config.folder)
    folder = os.path.realpath(config.folder)
    entries = [
        (GitIgnoreSpec.from_lines([pattern]), selector(rules, ())) for pattern, rules in config.per_file_ignores.items()
    ]

    def ignored(finding: Finding) -> bool:
        asked(finding.location.file)
        path = Path(relative(os.path.realpath(finding.location.file), folder)).as_posix()
        return any(predicate(finding.rule) and spec.match_file(path) for spec, predicate in entries)

    return ignored
