"""Cards read as the settings of their project say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from registry.card_config import CardConfigs
from registry.config import Config, find_config
from registry.dialects import DIALECTS
from registry.loader.left_out import LeftOut
from registry.loader.load import load
from registry.types import Index, UsageError

Paths = str | Path | Sequence[str | Path]
"""A file, a folder that is searched for cards, or several of them."""


def as_paths(path: Paths) -> list[Path]:
    """One or several paths as a list.

    Raises:
        UsageError: There is none.
    """
    paths = [Path(each) for each in ([path] if isinstance(path, str | Path) else path)]
    if not paths:
        raise UsageError("name a file or a folder")
    return paths


_PAGE = re.compile(
    r"https?:/{1,2}(?:www\.)?(?:huggingface\.co|hf\.co)/(?P<name>(?:(?:datasets|spaces)/)?[\w.-]+(?:/[\w.-]+)?)"
    r"(?:/(?:tree|blob|resolve|raw)/(?P<revision>[\w.-]+)(?:/.*)?)?/?(?:[?#].*)?",
    re.ASCII,
)


def is_on_hub(path: str | Path) -> bool:
    """Whether a path is an address on the Hugging Face Hub; as a path, `hf://` is `hf:/`."""
    return hub_address(str(path)) is not None


def hub_address(text: str) -> str | None:
    """What is meant by an address of the Hub or of one of its pages; `None` where a text is neither.

    >>> hub_address("https://huggingface.co/timm/resnet18/blob/main/README.md")
    'hf://timm/resnet18@main'
    >>> hub_address("hf:timm/resnet18"), hub_address("timm/resnet18")
    ('hf://timm/resnet18', None)
    """
    if text.startswith("hf:"):
        return f"hf://{text[3:].lstrip('/')}"
    found = _PAGE.fullmatch(text)
    if found is None:
        return None
    return f"hf://{found['name']}" + (f"@{found['revision']}" if found["revision"] else "")


def first_of(path: Paths | Index) -> Path:
    """The first of some paths, or the first card of an index: evidence is looked for beside it."""
    if not isinstance(path, Index):
        return as_paths(path)[0]
    return Path(path.cards[0].file if path.cards else path.root)


def load_project(path: Paths | Index, config: Config | None = None, **options: Any) -> tuple[Index, Config]:
    """Read cards in the dialect that the settings say and without what they leave out; see `load`.

    Args:
        path: What to read; an index that was loaded before is taken as it is.
        config: The project's settings; those of the working folder where it is `None`, and then the dialect may
            also stand in those that lie beside the cards.
        options: Further arguments of `load`.

    Raises:
        UsageError: A path does not exist, or there is no such dialect.
        ConfigError: The settings cannot be read.
    """
    if isinstance(path, Index):
        return path, config or find_config(Path())
    paths, caller = as_paths(path), config or find_config(Path())
    beside = CardConfigs(caller).dialect(paths, DIALECTS) if config is None else None
    named = {"dialect": caller.dialect or beside, "left_out": LeftOut.of(caller), **options}
    return load(paths, **named), caller
