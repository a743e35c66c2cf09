"""When cards came into the registry, by the history of the folder that they are in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from registry.git import git
from registry.types import UsageError

_COMMIT = "\x01"
_LOG = (
    *("-c", "core.quotePath=false", "-c", "log.showSignature=false", "log", "--no-renames", "--diff-filter=A"),
    *("--relative", "--name-only", f"--format={_COMMIT}%as", "--", "."),
)
_MONTH = len("2015-12")


def added(root: Path) -> Mapping[str, str]:
    """Year and month in which each file was added, by its path from a folder.

    Args:
        root: The folder; nothing is known of one that is in no git repository, or in one whose history was cut off.
    """
    try:
        if git(root, "rev-parse", "--is-shallow-repository").strip() != b"false":
            return {}
        printed = git(root, *_LOG).decode("utf-8", "surrogateescape")
    except (UsageError, OSError):
        return {}
    dates: dict[str, str] = {}
    day = ""
    for line in printed.splitlines():
        if line.startswith(_COMMIT):
            day = line[1 : 1 + _MONTH]
        elif line:
            dates[line] = day  # the newest commit comes first, so that the first addition stays
    return dates
