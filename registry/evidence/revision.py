"""Evidence as it stands in a git revision, without checking the revision out."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from registry.evidence.store import Store
from registry.evidence.stored import EvidenceProblem
from registry.git import commit_of, files_of, top_of
from registry.types import Evidence


def at_revision(folder: Path, revision: str) -> Iterator[tuple[str, Evidence | EvidenceProblem]]:
    """Every record of a store at a revision, by its name in the store.

    Args:
        folder: The store, in a working tree; it need not exist in it now.
        revision: Whatever git takes: a branch, a tag, `HEAD~3`, a commit.

    Raises:
        UsageError: The folder is in no git repository, or git knows no such revision.
    """
    top = top_of(folder)
    commit = commit_of(top, revision)
    where = PurePosixPath(folder.resolve().relative_to(top.resolve()).as_posix())
    with tempfile.TemporaryDirectory() as made:
        for name, data in files_of(top, commit, (".json",)):
            path = PurePosixPath(name)
            if path.is_relative_to(where):
                file = Path(made, path.relative_to(where))
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(data)
        store = Store(Path(made))
        for entry in store.entries():
            found = entry.found
            if isinstance(found, EvidenceProblem):
                found = replace(found, file=Path(f"{revision}:{where}/{store.name(found.file)}"))
            yield entry.name, found
