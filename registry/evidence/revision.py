"""Evidence as it stands in a git revision, without checking the revision out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from registry.evidence.record import RecordError
from registry.evidence.store import EvidenceProblem, parse
from registry.git import commit_of, git, top_of
from registry.types import Evidence


def at_revision(folder: Path, revision: str) -> Iterator[tuple[str, Evidence | EvidenceProblem]]:
    """Every record of a store at a revision, by its file in the store.

    Args:
        folder: The store, in a working tree; it need not exist in it now.
        revision: Whatever git takes: a branch, a tag, `HEAD~3`, a commit.

    Raises:
        UsageError: The folder is in no git repository, or git knows no such revision.
    """
    top = top_of(folder)
    commit = commit_of(top, revision)
    where = PurePosixPath(folder.resolve().relative_to(top.resolve()).as_posix())
    for name in git(top, "ls-tree", "-r", "-z", "--name-only", commit, "--", f"{where}/").split(b"\0"):
        path = PurePosixPath(name.decode("utf-8", "surrogateescape"))
        if path.suffix != ".json":
            continue
        file = str(path.relative_to(where))
        try:
            yield file, parse(git(top, "cat-file", "blob", f"{commit}:{path}"))
        except RecordError as error:
            yield file, EvidenceProblem(file=Path(f"{revision}:{path}"), message=f"is not evidence: {error}")
