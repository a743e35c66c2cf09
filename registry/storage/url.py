"""Where a folder is: a path of this machine, or a URL of an object store."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypeAlias
from urllib.parse import unquote, urlsplit

from registry.types import UsageError

PACKAGES = {"gs": "gcsfs", "memory": "fsspec", "s3": "s3fs"}
"""Kinds of URL, and the package that serves each. An upload to any of them is there whole or not at all."""

_URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.\-:]*)://")
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._\-]*")


@dataclass(frozen=True, order=True, slots=True)
class Url:
    """A folder or file in an object store, such as `s3://bucket/evidence`. It holds no credentials.

    It is joined, named and shown like a path, so that what only names files need not know which of the two it has.

    Attributes:
        text: The URL without a slash at its end.
    """

    text: str

    def __str__(self) -> str:
        return self.text

    def __truediv__(self, name: str | PurePosixPath) -> Url:
        return Url(f"{self.text}/{name}")

    @property
    def scheme(self) -> str:
        """Such as `s3`."""
        return self.text.partition("://")[0]

    @property
    def name(self) -> str:
        """The last part."""
        return self.text.rpartition("/")[2]


Place: TypeAlias = Path | Url


def place(text: str) -> Place:
    """A path, or a URL where it is written as one; `file://` is a path.

    Raises:
        UsageError: It is a URL of another kind, or one that holds credentials.
    """
    match = _URL.match(text)
    if match is None:
        return Path(text)
    scheme = match["scheme"].lower()
    parts = urlsplit(text)
    # What stands before an @ may be a secret, so the message repeats only what follows it.
    if "@" in parts.netloc:
        raise UsageError(
            f"the URL {scheme}://{parts.netloc.rpartition('@')[2]}{parts.path} comes with credentials; leave them out "
            "and set them in the environment or in the store's own configuration, which is where they are looked for"
        )
    if scheme == "file":
        return Path(unquote(parts.path))
    if scheme not in PACKAGES:
        known = ", ".join(f"{name}://" for name in sorted(PACKAGES) if name != "memory")
        raise UsageError(f"'{text[:200]}' is neither a folder nor one of {known}")
    path = parts.path.strip("/")
    if not _BUCKET.fullmatch(parts.netloc):
        raise UsageError(f"'{text[:200]}' must name a bucket, as {scheme}://bucket/folder does")
    strange = parts.query or parts.fragment or not path.isprintable() or any(c in path for c in "*?[]")
    if strange or any(part in ("", ".", "..") for part in path.split("/") if path):
        raise UsageError(f"'{text[:200]}' is no address of a folder: write {scheme}://bucket/folder")
    return Url(f"{scheme}://{parts.netloc}/{path}".rstrip("/"))
