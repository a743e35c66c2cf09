"""Rules that the configuration leaves out in some files (`per-file-ignores`)."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from registry.checks.catalogue import selector
from registry.config import Config
from registry.file_inputs import asked
from registry.files import relative
from registry.types import Finding


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
        return any(named(finding.rule) and spec.match_file(path) for spec, named in entries)

    return ignored
