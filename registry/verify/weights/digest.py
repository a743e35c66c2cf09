"""SHA-256 digests of files, and the ones that file names carry."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from registry.files import open_plain
from registry.types import WeightsError

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
