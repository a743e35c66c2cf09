"""SHA-256 digests of files, and the ones that file names carry."""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import suppress
from pathlib import Path

from registry.config import Config
from registry.files import open_plain
from registry.storage import Folder, open_folder, place
from registry.types import OutputError, StorageError, WeightsError


class RefusedError(WeightsError):
    """The file has another digest, would run code, is damaged, or does not fit the model."""


class AlteredError(RefusedError):
    """The file has another digest than the card, its own name or earlier evidence says."""


_SUFFIX = re.compile(r"[-_](?P<hash>[0-9a-f]{64}|[0-9a-f]{8})\.[A-Za-z0-9_.]+$")
_DATE = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, 64 hexadecimal digits.

    Raises:
        WeightsError: The file cannot be read.
    """
    try:
        with open_plain(path) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise WeightsError(f"{path} cannot be read: {error.strerror or error}") from error


def hexadecimal_suffix(name: str) -> str | None:
    """The start of its SHA-256 that a file's name carries, as torch and OpenMMLab write it; dates are no digests.

    >>> hexadecimal_suffix("resnet18_8xb32_in1k_20210831-fbbb1da6.pth")
    'fbbb1da6'
    >>> hexadecimal_suffix("resnet18-20210831.pth") is None
    True
    """
    match = _SUFFIX.search(name)
    return None if match is None or _DATE.fullmatch(match["hash"]) else match["hash"]


def clean_digest(text: str) -> str:
    """A digest as printed (`sha256:` before it, upper case, spaces) as hexadecimal digits.

    Raises:
        WeightsError: It is no SHA-256, nor the first eight or more digits of one.
    """
    digest = text.strip().lower().removeprefix("sha256:").strip()
    if not re.fullmatch(r"[0-9a-f]{8,64}", digest):
        raise WeightsError(f"'{text[:80]}' is no SHA-256: it must be 64 hexadecimal digits or the first of them")
    return digest


_FOLDER = "sha256"


def shared_cache(config: Config) -> Folder | None:
    """The folder that `MIR_SHARED_CACHE` or the configuration's `shared_cache` names; `None` where neither does.

    It is asked once, so that a mistake in its name is told of before anything is measured.

    Raises:
        UsageError: It is no folder or URL, or the package for its kind is not installed.
        StorageError: It cannot be reached.
    """
    location = os.environ.get("MIR_SHARED_CACHE") or config.shared_cache
    if not location:
        return None
    where = place(location)
    if isinstance(where, Path) and not os.environ.get("MIR_SHARED_CACHE"):
        where = config.folder / where
    folder = open_folder(where)
    folder.beginning_with(f"{_FOLDER}/-")
    return folder


def copy_from_shared(shared: Folder, digest: str, to: Path, limit: int) -> str | None:
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
        taken_digest = sha256_of(to)
    except (OSError, StorageError, WeightsError):
        to.unlink(missing_ok=True)
        return None
    if names[0] != f"{_FOLDER}/{taken_digest}":
        to.unlink(missing_ok=True)
        raise RefusedError(
            f"{shared.where}/{names[0]} has SHA-256 {taken_digest} and not the one of its name: refused; remove it"
        )
    return taken_digest


def copy_to_shared(shared: Folder, digest: str, file: Path) -> None:
    """Copy a file whose digest was checked into the folder, if it is not there yet and can be written to now."""
    with suppress(OSError, OutputError, StorageError):
        shared.put(file, f"{_FOLDER}/{digest}")
