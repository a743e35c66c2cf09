"""What stands in a git revision, without checking it out."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from registry.types import UsageError

_FILE = ("100644", "100755")
"""Modes of files; what else a tree holds are links and other repositories."""


_TAMED = tuple(
    word
    for setting in (
        "core.fsmonitor=false",
        "core.hooksPath=/dev/null",
        "diff.external=",
        "log.showSignature=false",
        "protocol.ext.allow=never",
        "safe.bareRepository=explicit",
    )
    for word in ("-c", setting)
)
"""So that reading runs no program that a repository's own settings name, nor takes a folder of it for a repository."""

_PROGRAM = re.compile(
    r"filter\..*\.(clean|smudge|process|required)|diff\..*\.(command|textconv)|remote\..*\.(uploadpack|vcs)"
    r"|credential\.(.*\.)?helper|core\.(sshcommand|askpass|gitproxy|alternaterefscommand)",
    re.DOTALL,
)
"""Settings whose names a repository chooses, or that matter where git fetches what a partial clone lacks."""


def git(folder: Path, *arguments: str, give: bytes = b"") -> bytes:
    """Run git in a folder, and return what it prints.

    Raises:
        UsageError: There is no git, or it fails.
    """
    try:
        # A revision is the user's own word, is passed behind --end-of-options, and meets no shell.
        run = subprocess.run(  # noqa: S603
            ["git", *_TAMED, "-C", str(folder), *arguments],  # noqa: S607
            input=give,
            capture_output=True,
            check=False,
            env=_environment(str(folder)),
        )
    except FileNotFoundError as error:
        raise UsageError("comparing revisions needs git, which is not installed") from error
    if run.returncode != 0:
        message = run.stderr.decode(errors="replace").strip().removeprefix("fatal: ").split("\n")[0]
        raise UsageError(f"git {arguments[0]} failed in {folder}: {message or f'exit code {run.returncode}'}")
    return run.stdout


def _environment(folder: str) -> dict[str, str]:
    """The variables of this process, and those that take from a repository's own settings the programs they name.

    Programs of the user's settings, such as git-lfs' filter, stay; so that theirs is not the repository's copy of it.
    """
    listing = ["git", *_TAMED, "-C", folder, "config", "--list", "--null", "--name-only", "--show-scope"]
    listed = subprocess.run(listing, capture_output=True, check=False, stdin=subprocess.DEVNULL)  # noqa: S603
    words = os.fsdecode(listed.stdout).split("\0")
    own = {key for scope, key in zip(words[::2], words[1::2], strict=False) if scope in ("local", "worktree")}
    keys = sorted(key for key in own if _PROGRAM.fullmatch(key))
    count = os.environ.get("GIT_CONFIG_COUNT", "")
    first = int(count) if count.isdecimal() else 0
    variables = dict(os.environ)
    for number, key in enumerate(keys, first):
        variables[f"GIT_CONFIG_KEY_{number}"] = key
        variables[f"GIT_CONFIG_VALUE_{number}"] = "false" if key.endswith(".required") else ""
    return variables | ({"GIT_CONFIG_COUNT": str(first + len(keys))} if keys else {})


def top_of(path: Path) -> Path:
    """The repository that a path, which need not exist any more, belongs to.

    Raises:
        UsageError: There is none.
    """
    inside = next(parent for parent in (path, *path.resolve().parents) if parent.is_dir())
    try:
        return Path(git(inside, "rev-parse", "--show-toplevel").decode().strip())
    except UsageError as error:
        if "not a git repository" not in str(error):
            raise
        raise UsageError(f"{inside.resolve()} is in no git repository, so that there are no revisions of it") from error


def commit_of(top: Path, revision: str) -> str:
    """The commit that a revision names: a branch, a tag, `HEAD~3`.

    Raises:
        UsageError: Git knows no such revision.
    """
    try:
        digest = git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}")
    except UsageError as error:
        if isinstance(error.__cause__, FileNotFoundError):  # no git
            raise
        raise UsageError(f"{top} has no such revision: {revision}{_if_shallow(top)}") from error
    return digest.decode().strip()


def _if_shallow(top: Path) -> str:
    """What to do where a clone does not hold the history that is asked about."""
    if git(top, "rev-parse", "--is-shallow-repository").strip() != b"true":
        return ""
    return "; it is a shallow clone: git fetch --unshallow, or fetch-depth: 0 where CI checks out"


def files_of(top: Path, commit: str, suffixes: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """The files of a commit whose names end in one of `suffixes`, with their contents; links are left out.

    Raises:
        UsageError: Git fails.
    """
    names: list[str] = []
    blobs: list[bytes] = []
    for line in git(top, "ls-tree", "-r", "-z", "--full-tree", commit).split(b"\0"):
        facts, _, name = line.partition(b"\t")
        mode, _, blob = facts.partition(b" blob ")
        file = name.decode("utf-8", "surrogateescape")
        # Nobody's git writes such a name, but a tree made by hand could lead out of the folder it is laid in: by `..`,
        # or by a slash at its beginning, before which there is nothing.
        parts = file.split("/")
        if mode.decode() in _FILE and ".." not in parts and "" not in parts and file.lower().endswith(tuple(suffixes)):
            names.append(file)
            blobs.append(blob)
    printed = git(top, "cat-file", "--batch", give=b"".join(blob + b"\n" for blob in blobs)) if blobs else b""
    at = 0
    for file in names:
        head = printed.index(b"\n", at)
        size = int(printed[at:head].rsplit(b" ", 1)[1])
        yield file, printed[head + 1 : head + 1 + size]
        at = head + size + 2


def changed_since(top: Path, revision: str) -> set[str]:
    """The real paths of the files that differ from where a revision and `HEAD` parted, untracked ones included.

    Raises:
        UsageError: Git knows no such revision, or fails.
    """
    commit = commit_of(top, revision)
    try:
        base = git(top, "merge-base", "--end-of-options", commit, "HEAD").decode().strip()
    except UsageError as error:
        raise UsageError(f"{revision} and HEAD have no commit in common in {top}{_if_shallow(top)}") from error
    changed = git(top, "diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--diff-filter=d", base, "--")
    new = git(top, "ls-files", "--others", "--exclude-standard", "-z", "--full-name")
    names = (changed + new).decode("utf-8", "surrogateescape").split("\0")
    return {os.path.realpath(top / name) for name in names if name}
