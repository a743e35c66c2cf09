"""Cards read as the settings of their project say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from registry.config import Config, find_config
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


def load_project(path: Paths | Index, config: Config | None = None, **options: Any) -> tuple[Index, Config]:
    """Read cards in the project's dialect and without what it leaves out; see `load`.

    Args:
        path: What to read; an index that was loaded before is taken as it is.
        config: The project's settings; those at or above the first path, or card, where it is `None`.
        options: Further arguments of `load`.

    Raises:
        UsageError: A path does not exist, or there is no such dialect.
        ConfigError: The settings cannot be read.
    """
    if isinstance(path, Index):
        return path, config or find_config(Path(path.cards[0].file if path.cards else path.root))
    paths = as_paths(path)
    config = config or find_config(paths[0])
    return load(paths, **{"dialect": config.dialect, "left_out": LeftOut.of(config), **options}), config
