"""Which files may be read on behalf of a card: not every file inside of the root.

A card names files, and whoever writes it can commit links. What lies beside the cards without belonging to them, such
as credentials that CI puts into the working folder, a `.env` or `.git/config`, must not end up in messages or on sites.
"""

from __future__ import annotations

import os
import re
from collections.abc import Container
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache
from pathlib import Path
from typing import Final

from registry.file_inputs import asked, reading
from registry.lazy_regex import lazy_regex

OPEN_FOLDERS: Final = frozenset({".eval_results", ".mim"})
"""Hidden folders that hold cards: the Hub's results, and what OpenMMLab's packages bring along."""

_GIT = ("-c", "core.fsmonitor=false", "-c", "core.quotepath=false")
"""Of what a repository's own settings say, git runs nothing while it lists files but this monitor."""


_PRIVATE = lazy_regex(
    r"\.env(\..*)?|.*\.(env|jks|kdbx|key|keystore|p12|pem|pfx|ppk|tfstate|tfvars)|id_(dsa|ecdsa|ed25519|rsa)(\..*)?"
    r"|\.?(netrc|npmrc|pypirc|pgpass|htpasswd|git-credentials|dockercfg)|_netrc|kube\.?config(\..*)?",
    re.IGNORECASE,
)
"""Files that hold secrets and nothing else, by their names."""

_NAMED_PRIVATE = lazy_regex(
    r"(?:^|[-_.])(?:gha-creds|service[-_]?account|client[-_]secret|credentials?|secrets?)[-_.]", re.IGNORECASE
)
_PLAIN = frozenset({"ini", "json", "toml", "txt", "yaml", "yml"})
"""Kinds of file that do where they have a name such as `application_default_credentials.json`."""


class OutsideError(Exception):
    """A file is not to be read for a card.

    Attributes:
        reason: Why, as the rest of a sentence about the file.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def confine(path: str, root: str, *, suffixes: Container[str] | None = None, tracked: bool = True) -> str:
    """The real path of a file or folder, if it may be read for a card.

    Args:
        path: Absolute, or from the working folder.
        root: Real path of the folder that nothing is read outside of.
        suffixes: The kinds that may be read, by the ends of their names in lower case; any where it is `None`. It is
            the real file's name that counts, and not that of a link to it. Folders are of any kind.
        tracked: Whether a file of a git repository has to be tracked in it.

    Raises:
        OutsideError: It may not.
    """
    asked(path)
    real = os.path.realpath(path)
    if real == root:
        return real
    if not real.startswith(root.rstrip(os.sep) + os.sep):
        raise OutsideError(f"leads out of the root '{root}'")
    parts = real[len(root.rstrip(os.sep)) + 1 :].split(os.sep)
    if any(part.startswith(".") and part not in OPEN_FOLDERS for part in parts):
        raise OutsideError("is hidden, or in a hidden folder")
    if is_private(parts[-1]):
        raise OutsideError("has a name of files that hold secrets")
    if os.path.isfile(real):
        if suffixes is not None and os.path.splitext(real)[1].lower() not in suffixes:
            raise OutsideError("is a link to a file of another kind" if _is_link(path, real) else "is of another kind")
        if tracked and not is_tracked(real, root):
            raise OutsideError("is not tracked by git; `git add` makes it one of this repository's files")
    return real


def is_private(name: str) -> bool:
    """Whether a file of this name holds secrets and nothing else, wherever it lies.

    >>> [is_private(name) for name in ("gha-creds-1f2e.json", "my_credentials.json", "id_rsa", "alexnet.json")]
    [True, True, True, False]
    """
    is_named_so = name.rpartition(".")[2].lower() in _PLAIN and _NAMED_PRIVATE.search(name) is not None
    return is_named_so or _PRIVATE.fullmatch(name) is not None


def is_tracked(real: str, root: str) -> bool:
    """Whether a file belongs to the git repository that the root lies in; true where there is none."""
    top = _top(root)
    if top is None:
        return True
    files = _tracked(top, _state(top))
    return files is None or os.path.relpath(real, top) in files


def in_repository(root: str) -> bool:
    """Whether a folder lies in a git repository."""
    return _top(root) is not None


def has_tracked(real: str, root: str) -> bool:
    """Whether a path is a file of the git repository that the root lies in, or a folder that holds one.

    Args:
        real: Real path.
        root: Real path of the root. Where it lies in no repository, nothing is tracked.
    """
    top = _top(root)
    return top is not None and os.path.relpath(real, top) in _with_folders(top, _state(top))


def _is_link(path: str, real: str) -> bool:
    return os.path.normpath(os.path.abspath(path)) != real


@lru_cache(maxsize=256)
def _top(root: str) -> str | None:
    """The repository that a folder lies in."""
    for folder in (Path(root), *Path(root).parents):
        asked(folder / ".git")
        if os.path.lexists(folder / ".git"):
            return str(folder)
    return None


def _state(top: str) -> tuple[int, int]:
    """What changes when git adds or removes a file."""
    try:
        status = _index_file(top).stat()
    except (OSError, ValueError):
        return 0, 0
    return status.st_mtime_ns, status.st_size


def _index_file(top: str) -> Path:
    """Where git keeps which files are a repository's."""
    folder = Path(top) / ".git"
    asked(folder)
    if folder.is_file():  # a working tree beside its repository
        folder = Path(top) / folder.read_text(encoding="utf-8").partition("gitdir:")[2].strip()
    return folder / "index"


@lru_cache(maxsize=16)
def _tracked(top: str, state: tuple[int, int]) -> frozenset[str] | None:  # noqa: ARG001 - what it depends on
    """The files of a repository from its top; `None` where git is not there or knows no repository."""
    import subprocess  # which takes longer to import than most that a run without git needs

    words = ["git", *_GIT, "-c", f"safe.directory={top}", "-C", top, "ls-files", "-z", "--recurse-submodules"]
    try:
        with _answered_by_index(top):
            run = subprocess.run(words, capture_output=True, check=False, stdin=subprocess.DEVNULL)  # noqa: S603
    except (OSError, ValueError):
        return None
    if run.returncode != 0:
        return None
    return frozenset(os.fsdecode(run.stdout).replace("/", os.sep).split("\0"))


def _answered_by_index(top: str) -> AbstractContextManager[None]:
    """Note that git answers from a repository's index; those of submodules would have to be watched as well."""
    modules = Path(top) / ".gitmodules"
    asked(modules)
    return nullcontext() if os.path.lexists(modules) else reading(_index_file(top))


@lru_cache(maxsize=16)
def _with_folders(top: str, state: tuple[int, int]) -> frozenset[str]:
    """The same files, and every folder that one of them lies in."""
    files = _tracked(top, state) or frozenset()
    folders = {os.path.dirname(file) for file in files}
    paths = set(files)
    while folders := folders - paths - {""}:
        paths |= folders
        folders = {os.path.dirname(folder) for folder in folders}
    return frozenset(paths)
