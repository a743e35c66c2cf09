"""Cards read as the settings of their project say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from registry.card_config import CardConfigs
from registry.config import Config, find_config
from registry.dialects import DIALECTS
from registry.download.hub_address import hub_address
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


def is_on_hub(path: str | Path) -> bool:
    """Whether a path is an address on the Hugging Face Hub; as a path, `hf://` is `hf:/`."""
    return hub_address(str(path)) is not None


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
