"""Weights in several files under an index, `model.safetensors.index.json`: one digest for all of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from registry.evidence.digests import of_json

_LARGEST = 64 << 20
"""Bytes of an index: the largest models list some 100 000 tensors."""

_MOST = 2000


def is_index(url: str) -> bool:
    """Whether a URL or path is an index's."""
    return urlsplit(url).path.endswith(".index.json")


def shard_names(index: Path) -> list[str]:
    """The files that an index names, which lie beside it.

    Raises:
        ValueError: It is no index, or names something else than files beside it.
        OSError: It cannot be read.
    """
    if index.stat().st_size > _LARGEST:
        raise ValueError(f"{index.name} is larger than {_LARGEST} bytes")
    try:
        content = json.loads(index.read_text(encoding="utf-8"))
        names = sorted(set(content["weight_map"].values()))
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"{index.name} is no index of weights: it has no weight_map from names to files") from error
    if not names or len(names) > _MOST or not all(map(_plain, names)):
        raise ValueError(f"{index.name} names something other than files beside it")
    return names


def whole_digest(index: str, shards: Mapping[str, str]) -> str:
    """The digest of an index and its files.

    Args:
        index: The index's own digest, in hexadecimal digits.
        shards: Those of its files by their names.

    Returns:
        64 hexadecimal digits.
    """
    return of_json({"index": index, "files": dict(sorted(shards.items()))}).removeprefix("sha256:")


def digest_of(path: Path, digest: Callable[[Path], str]) -> str:
    """The digest of weights on this machine, `sha256:<hex>`: of a file, or of an index with its files.

    Raises:
        ValueError: See `shard_names`.
        OSError: A file cannot be read.
    """
    own_digest = digest(path)
    if not is_index(path.name):
        return own_digest
    shards = {name: digest(path.with_name(name)).removeprefix("sha256:") for name in shard_names(path)}
    return "sha256:" + whole_digest(own_digest.removeprefix("sha256:"), shards)


def _plain(name: object) -> bool:
    return isinstance(name, str) and Path(name).name == name and name not in ("", ".", "..") and "\0" not in name
