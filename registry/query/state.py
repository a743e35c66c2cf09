"""A state of a registry: a folder or file, one of a git revision as `REV:PATH`, or one on the Hub."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from registry.config import Config, find_config
from registry.download.hub_address import MAIN, at_hub, repository_of
from registry.download.hub_repositories import fetched
from registry.git import commit_of, files_of, top_of
from registry.loader import load
from registry.query.diff import Change, diff
from registry.read.document import SUFFIXES
from registry.types import Index, Location, UsageError


@dataclass(frozen=True, kw_only=True, slots=True)
class RegistryState:
    """A registry as it is or was.

    Attributes:
        index: What was read.
        revision: The revision it was read from, empty for what is on disk.
        folder: Where the revision's files were laid for reading.
    """

    index: Index
    revision: str = ""
    folder: str = ""

    def place(self, location: Location) -> Location:
        """A location with its file as the user knows it, such as `HEAD~1:models/alexnet.md`."""
        if not self.revision:
            return at_hub(location)
        return replace(location, file=f"{self.revision}:{Path(location.file).relative_to(self.folder).as_posix()}")


def changes_between(
    old: str, new: str | None = None, *, dialect: str | None = None, config: Config | None = None
) -> list[Change]:
    """What changed between two states, each as `read_state` takes it.

    Args:
        old: The earlier state.
        new: The later one; what is on disk under the path of `old` where it is `None`.
        dialect: Dialect of all cards; the settings' where it is `None`, else found out for each.
        config: The settings; those of the working folder where it is `None`.

    Raises:
        UsageError: There is no such path or revision.
    """
    config = config or find_config(Path())
    dialect = dialect or config.dialect
    repository = repository_of(old)
    before = read_state(old, dialect=dialect, hosts=config.hosts)
    if new is None and repository is not None:
        new = replace(repository, revision=MAIN).address
        if new == repository.address:
            raise UsageError(f"'{old}' is compared with what? Give a second address, or a revision as {old}@REVISION")
    if new is None and not before.revision:
        raise UsageError(f"'{old}' is compared with what? Give a second path, or a revision as REV:{old}")
    after = read_state(new or old.partition(":")[2] or ".", dialect=dialect, hosts=config.hosts)
    return [
        replace(change, location=(before if change.after is None else after).place(change.location))
        for change in diff(before.index, after.index, config.load_vocabulary())
    ]


def read_state(named: str, *, dialect: str | None = None, hosts: Sequence[str] = ()) -> RegistryState:
    """Read a folder, a file, `REV:PATH` or `hf://owner/model@REV`; a path that exists is never taken for a revision.

    Args:
        named: Which.
        dialect: Dialect of all cards; found out for each where it is `None`.
        hosts: Which hosts may be asked for what is on the Hub; see `Policy`.

    Raises:
        UsageError: There is no such path or revision.
    """
    if repository_of(named) is not None:
        return RegistryState(index=load(fetched([named], hosts), dialect=dialect))
    revision, colon, path = named.partition(":")
    if not colon or os.path.lexists(named):
        return RegistryState(index=load([Path(named)], dialect=dialect))
    at = Path(path or ".")
    top = top_of(at)
    try:
        inside = at.resolve().relative_to(top.resolve())
    except ValueError:
        raise UsageError(f"'{path}' is outside of the repository {top}") from None
    commit = commit_of(top, revision)
    with tempfile.TemporaryDirectory(prefix="mir-") as made:
        folder = Path(made).resolve()
        # All cards of the repository: what those that are asked for import may stand anywhere in it.
        for name, data in files_of(top, commit, tuple(SUFFIXES)):
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        if not (folder / inside).exists():
            raise UsageError(f"{revision} has no '{path}'")
        index = load([folder / inside], root=folder, dialect=dialect)
    return RegistryState(index=index, revision=revision, folder=str(folder))
