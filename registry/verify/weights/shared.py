"""Weights that machines share, so that each is downloaded from its host once and not once for each machine.

The shared folder holds `sha256/947a0866...` as the cache does, and nothing else: no URL there says which digest it
gave, because whoever may write to the folder could say so. A file is therefore taken only where a card, the file's
name or earlier evidence says which digest is wanted, and only if its bytes have that digest.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from registry.config import Config
from registry.storage import Folder, open_folder, place
from registry.types import OutputError, StorageError, WeightsError
from registry.verify.weights.digest import sha256_of
from registry.verify.weights.refused import RefusedError

_FOLDER = "sha256"


def shared_cache(config: Config) -> Folder | None:
    """The folder that `MIR_SHARED_CACHE` or the configuration's `shared_cache` names; `None` where neither does.

    It is asked once, so that a mistake in its name is told of before anything is measured.

    Raises:
        UsageError: It is no folder or URL, or the package for its kind is not installed.
        StorageError: It cannot be reached.
    """
    named = os.environ.get("MIR_SHARED_CACHE") or config.shared_cache
    if not named:
        return None
    where = place(named)
    if isinstance(where, Path) and not os.environ.get("MIR_SHARED_CACHE"):
        where = config.folder / where
    folder = open_folder(where)
    folder.beginning_with(f"{_FOLDER}/-")
    return folder


def take(shared: Folder, digest: str, to: Path, limit: int) -> str | None:
    """Copy the file with a digest here, and say its digest in full.

    Args:
        shared: The folder.
        digest: All digits of it, or the first.
        to: Where to; nothing is left there unless it was taken.
        limit: Bytes that it may have.

    Returns:
        `None` where there is none, more than one, or the folder cannot be read now: it is a cache.

    Raises:
        RefusedError: What lies there under that digest has another.
    """
    try:
        names = [f"{_FOLDER}/{digest}"] if len(digest) == 64 else shared.beginning_with(f"{_FOLDER}/{digest}")
        if len(names) != 1 or not shared.bring(names[0], to, limit):
            return None
        found = sha256_of(to)
    except (OSError, StorageError, WeightsError):
        to.unlink(missing_ok=True)
        return None
    if names[0] != f"{_FOLDER}/{found}":
        to.unlink(missing_ok=True)
        raise RefusedError(
            f"{shared.where}/{names[0]} has SHA-256 {found} and not the one of its name: refused; remove it"
        )
    return found


def give(shared: Folder, digest: str, file: Path) -> None:
    """Copy a file whose digest was checked into the folder, if it is not there yet and can be written to now."""
    with suppress(OSError, OutputError, StorageError):
        shared.put(file, f"{_FOLDER}/{digest}")
