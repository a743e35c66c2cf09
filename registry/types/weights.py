"""The files of weights that a card names, whichever way it writes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

_ADDRESSES = ("url", "path", "file", "link")


class NamedWeights(NamedTuple):
    """One file of weights as a card names it.

    Attributes:
        url: Its address, or its path from the card.
        name: What the card calls it; empty where it has no name.
        sha256: Its digest, or the beginning of one; empty where the card says none beside it.
        ema: Whether the card says that it is the moving average of the weights which counts.
    """

    url: str
    name: str = ""
    sha256: str = ""
    ema: bool = False


def read_weights(value: Any, sha256: Any = None) -> tuple[NamedWeights, ...]:
    """The weights under `Weights`, the first of which the card's numbers are about.

    Args:
        value: An address; a mapping with `URL` and, if need be, `Name`, `SHA256`, `EMA`; a mapping of names to either;
            or a list of any of them.
        sha256: What the card says as `SHA256` of the first, where that does not say it itself.

    >>> read_weights("a.pth")[0].url, read_weights({"Name": "fp16", "URL": "b.pth"})[0].url
    ('a.pth', 'b.pth')
    >>> [(each.name, each.url) for each in read_weights({"fp32": "a.pth", "int8": {"URL": "b.pth"}})]
    [('fp32', 'a.pth'), ('int8', 'b.pth')]
    """
    if isinstance(value, str) and (sha256 is None or isinstance(sha256, str)):
        return _plain_weights(value, sha256)
    return _weights(value, sha256)


@lru_cache(maxsize=65536)
def _plain_weights(value: str, sha256: str | None) -> tuple[NamedWeights, ...]:
    """The same for the usual card, which is asked several times."""
    return _weights(value, sha256)


def _weights(value: Any, sha256: Any) -> tuple[NamedWeights, ...]:
    entries = list(_read(value, ""))
    if not entries:
        return ()
    first, *others = entries
    digest = first.sha256 or next((entry.url for entry in _read(sha256, "")), "")
    return (first._replace(sha256=digest.strip().casefold().removeprefix("sha256:")), *others)


def is_true(value: Any) -> bool:
    """Whether a card says yes: `true` of YAML, or the word in quotes."""
    return value is True or str(value).strip().casefold() in ("true", "yes")


def _read(value: Any, name: str) -> Iterator[NamedWeights]:
    if isinstance(value, str):
        if value.strip():
            yield NamedWeights(url=value.strip(), name=name)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _read(item, name)
    elif isinstance(value, Mapping):
        entries = {str(key).casefold(): item for key, item in value.items()}
        address = next((entries[key] for key in _ADDRESSES if entries.get(key)), None)
        if address is None:
            about = ("name", "sha256", "ema", "size", "md5")
            for key, item in value.items():
                if str(key).casefold() not in about:
                    yield from _read(item, str(key))
            return
        for item in _read(address, str(entries.get("name") or name)):
            yield NamedWeights(
                url=item.url, name=item.name, sha256=str(entries.get("sha256") or ""), ema=is_true(entries.get("ema"))
            )
