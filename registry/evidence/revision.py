"""Evidence as it stands in a git revision, without checking the revision out."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from registry.evidence.record import RecordError
from registry.evidence.store import Problem, parse
from registry.types import Evidence, UsageError


def at_revision(folder: Path, revision: str) -> Iterator[tuple[str, Evidence | Problem]]:
    """Every record of a store at a revision, by its file in the store.

    Args:
        folder: The store, in a working tree; it need not exist in it now.
        revision: Whatever git takes: a branch, a tag, `HEAD~3`, a commit.

    Raises:
        UsageError: The folder is in no git repository, or git knows no such revision.
    """
    inside = next(parent for parent in (folder, *folder.resolve().parents) if parent.is_dir())
    top = Path(_git(inside, "rev-parse", "--show-toplevel").decode().strip())
    commit = _git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}").decode().strip()
    where = PurePosixPath(folder.resolve().relative_to(top.resolve()).as_posix())
    for name in _git(top, "ls-tree", "-r", "-z", "--name-only", commit, "--", f"{where}/").split(b"\0"):
        path = PurePosixPath(name.decode("utf-8", "surrogateescape"))
        if path.suffix != ".json":
            continue
        file = str(path.relative_to(where))
        try:
            yield file, parse(_git(top, "cat-file", "blob", f"{commit}:{path}"))
        except RecordError as error:
            yield file, Problem(file=Path(f"{revision}:{path}"), message=f"is not evidence: {error}")


def _git(folder: Path, *arguments: str) -> bytes:
    try:
        # A revision is the user's own word, is passed behind --end-of-options, and meets no shell.
        run = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=False)  # noqa: S603, S607
    except FileNotFoundError as error:
        raise UsageError("comparing revisions needs git, which is not installed") from error
    if run.returncode != 0:
        said = run.stderr.decode(errors="replace").strip().removeprefix("fatal: ").split("\n")[0]
        raise UsageError(f"git {arguments[0]} failed in {folder}: {said or f'no such revision: {arguments[-1]}'}")
    return run.stdout
