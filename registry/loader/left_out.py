"""Which files of a folder are left out: by the configuration's `exclude`, and by .gitignore.

A .gitignore beside cards is written by whoever writes them. As for git, it leaves out nothing that is tracked; where no
repository says what is, and it is none of the working folder's, what it hides is kept to be named.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from registry.config import Config
from registry.confinement import has_tracked, in_repository
from registry.file_inputs import asked
from registry.files import relative

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_LARGEST = 1 << 20
"""Bytes of a .gitignore that are read."""


class LeftOut(NamedTuple):
    """What is not looked at while a folder is searched. Files that are named are read all the same.

    Attributes:
        folder: Real path of the folder that `exclude` starts from.
        exclude: Patterns as in .gitignore.
        gitignore: Whether .gitignore files are heeded, from the repository's root downwards.
    """

    folder: str = ""
    exclude: tuple[str, ...] = ()
    gitignore: bool = True

    @classmethod
    def of(cls, config: Config, exclude: Sequence[str] = (), *, gitignore: bool = True) -> LeftOut:
        """What a configuration leaves out, and further patterns from the same folder."""
        asked(config.folder)
        return cls(folder=os.path.realpath(config.folder), exclude=(*config.exclude, *exclude), gitignore=gitignore)

    def below(self, folder: str, root: str) -> FolderSearch:
        """A search of a folder whose repository is `root`; both real paths."""
        specs: tuple[_Rules, ...] = ()
        if self.gitignore and (folder == root or folder.startswith(root.rstrip(os.sep) + os.sep)):
            ups = [root]
            for part in Path(relative(folder, root)).parts:
                ups.append(os.path.join(ups[-1], part))
            for up in ups[:-1]:  # the folder's own is read when it is listed
                specs += _rules_of(up)
        return FolderSearch(self, specs, root, {})

    def excludes(self, path: str, *, is_folder: bool) -> bool:
        """Whether `exclude` leaves a real path out."""
        return bool(self.exclude) and _matches(_compiled(self.exclude), self.folder, path, is_folder) is True


class _Rules(NamedTuple):
    """The patterns of one .gitignore, and the folder that they start from."""

    folder: str
    spec: GitIgnoreSpec

    @property
    def file(self) -> str:
        """The .gitignore."""
        return os.path.join(self.folder, ".gitignore")


class FolderSearch:
    """One level of a search: what holds for the entries of a folder.

    Attributes:
        hidden: What each .gitignore left out that lies beside cards and in no repository, by its path.
    """

    __slots__ = ("_left_out", "_root", "_rules", "hidden")

    def __init__(self, left_out: LeftOut, rules: tuple[_Rules, ...], root: str, hidden: dict[str, list[str]]) -> None:
        self._left_out = left_out
        self._rules = rules
        self._root = root
        self.hidden = hidden

    def enter(self, folder: str, names: Sequence[str]) -> FolderSearch:
        """What holds inside a folder that has entries of these names."""
        if self._left_out.gitignore and ".gitignore" in names:
            return FolderSearch(self._left_out, (*self._rules, *_rules_of(folder)), self._root, self.hidden)
        return self

    def leaves_out(self, path: str, *, is_folder: bool) -> bool:
        """Whether an entry of this folder is left out."""
        if self._left_out.excludes(path, is_folder=is_folder):
            return True
        # Of several .gitignore files the innermost that says anything decides.
        for rules in reversed(self._rules):
            match = _matches(rules.spec, rules.folder, path, is_folder)
            if match is None:
                continue
            if not match or has_tracked(path, self._root):
                return False
            if not in_repository(self._root) and not _is_callers(rules.folder):
                self.hidden.setdefault(rules.file, []).append(path)
            return True
        return False


def _is_callers(folder: str) -> bool:
    """Whether a real path is that of the working folder, or of one above it."""
    return f"{os.getcwd()}{os.sep}".startswith(folder.rstrip(os.sep) + os.sep)


def _matches(spec: GitIgnoreSpec, folder: str, path: str, is_folder: bool) -> bool | None:
    """Whether patterns take a path in, out again, or do not speak of it."""
    if not path.startswith(folder.rstrip(os.sep) + os.sep):
        return None
    inside = path[len(folder.rstrip(os.sep)) + 1 :].replace(os.sep, "/")
    return spec.check_file(inside + "/" if is_folder else inside).include


@cache
def _compiled(patterns: tuple[str, ...]) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(patterns)


def _rules_of(folder: str) -> tuple[_Rules, ...]:
    """The rules of a folder's .gitignore; none where it has none that can be read."""
    file = os.path.join(folder, ".gitignore")
    asked(file)
    if not os.path.isfile(file):
        return ()
    try:
        with open(file, encoding="utf-8", errors="replace") as opened:
            lines = opened.read(_LARGEST).splitlines()
        return (_Rules(folder, _compiled(tuple(lines))),)
    except (OSError, ValueError):  # a pattern that git cannot read either
        return ()
