"""Files that cards name."""

from __future__ import annotations

import os

from registry.checks.addresses import NOWHERE
from registry.lazy_regex import lazy_regex
from registry.types import Field

_SCHEME = lazy_regex(r"[A-Za-z][A-Za-z0-9+.\-]*:")


def names_file(field: Field) -> bool:
    """Whether a value is a path, and neither an address nor a text to be read itself."""
    value = field.value
    if not isinstance(value, str) or not value or _SCHEME.match(value) or len(value) > 512:
        return False
    if "\n" in value or "\0" in value or value.strip().casefold() in NOWHERE:
        return False
    if field.name == "README":
        return value.endswith(".md") and len(value) < 256
    return not value.startswith(("//", "www."))


def local_path(value: str, base: str, root: str) -> str | None:
    """The absolute path that a value names from the folder `base`; `None` for one outside the root."""
    # There are thousands of them, and nearly all need nothing but to be put behind their folder.
    plain = os.sep == "/" and value[0] != "/" and ".." not in value and "./" not in value and "//" not in value
    path = f"{base}/{value}" if plain else os.path.normpath(os.path.join(base, value))  # noqa: PTH118
    return path if inside(path, root) else None


def inside(path: str, root: str) -> bool:
    """Whether a normal absolute path is the root or below it."""
    return path == root or path.startswith(root.rstrip(os.sep) + os.sep)
