"""What to say of a path where nothing is: what may be meant, and how to get it."""

from __future__ import annotations

import os
import re
from pathlib import Path

from registry.lazy_regex import lazy_regex
from registry.types import UsageError
from registry.vocabulary.slips import KnownNames

_URL = lazy_regex(r"(?P<scheme>https?|ftp):/{1,2}(?P<rest>\S+)")
_ON_HUB = lazy_regex(r"[\w-]+/[\w.-]+", re.ASCII)
_SUFFIXES = (".json", ".md", ".mdx", ".py", ".toml", ".yaml", ".yml")


def missing(path: str | os.PathLike[str]) -> UsageError:
    """The error for a path that is not there.

    Args:
        path: As the user wrote it; a path turns `https://` into `https:/`.

    >>> str(missing("https:/example.org/card.md"))
    "'https://example.org/card.md' is no file here; fetch it first: curl -LO https://example.org/card.md"
    >>> str(missing("timm/resnet18"))
    "there is no file or folder 'timm/resnet18'; a card on the Hub is hf://timm/resnet18"
    """
    text = os.fspath(path)
    url = _URL.fullmatch(text)
    if url is not None:
        address = f"{url['scheme']}://{url['rest']}"
        return UsageError(f"'{address}' is no file here; fetch it first: curl -LO {address}")
    message = f"there is no file or folder '{text}'"
    close = neighbour(Path(text))
    if close is not None:
        return UsageError(f"{message}; did you mean {close}?")
    if _ON_HUB.fullmatch(text) and not text.endswith(_SUFFIXES) and not Path(text).parent.is_dir():
        return UsageError(f"{message}; a card on the Hub is hf://{text}")
    return UsageError(message)


def neighbour(path: Path) -> Path | None:
    """What lies in the same folder under nearly the same name."""
    try:
        names = os.listdir(path.parent)
    except OSError:
        return None
    close = KnownNames(names).closest(path.name, alike=0.75)
    return None if close is None else path.parent / close
