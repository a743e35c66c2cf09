"""Weights in several files: an index leads to the others, which lie beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from registry.evidence.shard_digests import is_index, shard_names, whole_digest
from registry.types import WeightsError
from registry.verify.target import WeightsRef
from registry.verify.weights.fetch import Fetched, fetch


def with_shards(fetched: Fetched, ref: WeightsRef, **named: Any) -> Fetched:
    """Fetched weights with the files that an index among them names, under one digest; others as they are.

    Args:
        fetched: What was fetched.
        ref: What it was asked for by.
        named: How files are fetched; see `fetch`.

    Raises:
        WeightsError: It is no index, or a file cannot be had.
    """
    if not is_index(ref.url):
        return fetched
    try:
        names = shard_names(fetched.path)
    except (OSError, ValueError) as error:
        raise WeightsError(f"{ref.url}: {error}") from error
    shards = {name: fetch(WeightsRef(url=beside(ref.url, name), base=ref.base), **named) for name in names}
    return replace(
        fetched,
        sha256=whole_digest(fetched.sha256, {name: each.sha256 for name, each in shards.items()}),
        size=sum(each.size for each in shards.values()),
        shards=tuple(shards.values()),
    )


def beside(url: str, name: str) -> str:
    """The URL or path of a file that lies beside another.

    >>> beside("hf://owner/name@main/model.safetensors.index.json", "model-00001-of-00002.safetensors")
    'hf://owner/name@main/model-00001-of-00002.safetensors'
    """
    if "://" not in url:
        return f"{url.rpartition('/')[0]}/{name}".removeprefix("/") if "/" in url else name
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, f"{parts.path.rpartition('/')[0]}/{quote(name)}", parts.query, ""))
