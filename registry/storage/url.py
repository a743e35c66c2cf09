"""Where a folder is: a path of this machine, or a URL of an object store."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypeAlias
from urllib.parse import unquote

from registry.types import UsageError

PACKAGES = {"gs": "gcsfs", "memory": "fsspec", "s3": "s3fs"}
"""Kinds of URL, and the package that serves each. An upload to any of them is there whole or not at all."""

_URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.\-:]*)://")
_SPECIAL = frozenset("*?#[]")
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._\-]*")


@dataclass(frozen=True, slots=True)
class StoreUrl:
    """A folder or file in an object store, such as `s3://bucket/evidence`. It holds no credentials.

    It is joined and shown like a path, so that what only names files need not know which of the two it has.

    Attributes:
        text: The URL without a slash at its end.
    """

    text: str

    def __str__(self) -> str:
        return self.text

    def __truediv__(self, name: str | PurePosixPath) -> StoreUrl:
        return StoreUrl(f"{self.text}/{name}")

    @property
    def scheme(self) -> str:
        """Such as `s3`."""
        return self.text.partition("://")[0]


Place: TypeAlias = Path | StoreUrl


def place(text: str) -> Place:
    """A path, or a URL where it is written as one; `file://` is a path.

    Raises:
        UsageError: It is a URL of another kind, or one that holds credentials.
    """
    match = _URL.match(text)
    if match is None:
        return Path(text)
    scheme, rest = match["scheme"].lower(), text[match.end() :]
    bucket, _, path = rest.partition("/")
    if "@" in bucket or ":" in bucket:
        raise UsageError(
            f"leave the credentials out of the {scheme}:// URL, and set them in the environment or in the store's own "
            "configuration, where they are looked for"
        )
    if scheme == "file":
        return Path(unquote(f"/{path}"))
    # What follows a question mark may be a signature, which is as good as a password.
    address = ascii(f"{scheme}://{re.split('[?#]', rest)[0]}"[:200])
    if scheme not in PACKAGES:
        schemes = ", ".join(f"{name}://" for name in sorted(PACKAGES) if name != "memory")
        raise UsageError(f"{address} is neither a folder nor one of {schemes}")
    parts = path.rstrip("/").split("/") if path.strip("/") else []
    strange = not path.isprintable() or not _SPECIAL.isdisjoint(path)
    if not _BUCKET.fullmatch(bucket) or strange or any(part in ("", ".", "..") for part in parts):
        raise UsageError(f"{address} is no address of a folder: write {scheme}://bucket/folder")
    return StoreUrl("/".join([f"{scheme}://{bucket}", *parts]))
