"""Cards read as the settings of their project say."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
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
    paths = [Path(item) for item in ([path] if isinstance(path, str | Path) else path)]
    if not paths:
        raise UsageError("name a file or a folder")
    return paths


def is_on_hub(path: str | Path) -> bool:
    """Whether a path is an address on the Hugging Face Hub; as a path, `hf://` is `hf:/`."""
    return hub_address(str(path)) is not None


def first_of(path: Paths | Index) -> Path:
    """What evidence is looked for beside: the first of some paths, or the first card of an index.

    Of an address on the Hub it is the working folder.
    """
    if isinstance(path, Index):
        return Path(path.cards[0].file if path.cards else path.root)
    first = as_paths(path)[0]
    return Path() if is_on_hub(first) else first


def _warn(message: str) -> None:
    warnings.warn(message, stacklevel=4)


def fetched_from_hub(
    paths: Sequence[Path], config: Config, *, offline: bool = False, tell: Callable[[str], None] = _warn
) -> tuple[Path, ...]:
    """The paths, those at `hf://` as the folders that they are fetched into.

    Args:
        paths: What to read.
        config: The settings, which say which hosts may be asked.
        offline: Ask nobody, and take what was fetched before.
        tell: Told of each model of an owner that cannot be fetched; a warning without it.

    Raises:
        UsageError: An address is none, or the Hub does not give what it leads to.
    """
    if not any(map(is_on_hub, paths)):
        return tuple(paths)
    from registry.download.hub_repositories import fetched  # what few runs need

    return fetched(paths, config, offline=offline, tell=tell)


def with_dialect(paths: Sequence[Path], caller: Config, tell: Callable[[str], None] = lambda _: None) -> Config:
    """The caller's settings, where they give no dialect with that of the settings that lie beside the cards.

    Args:
        paths: The cards.
        caller: The settings of whoever reads them.
        tell: Told what is wrong with those beside the cards, and what of them does not count.
    """
    if caller.dialect is not None:
        return caller
    beside = CardConfigs(caller)
    dialect = beside.dialect(paths, DIALECTS)
    for at, message in {**beside.wrong, **beside.unheeded}.items():
        tell(f"{at.file}: {message}")
    return replace(caller, dialect=dialect)


def load_project(path: Paths | Index, config: Config | None = None, **options: Any) -> tuple[Index, Config]:
    """Read cards in the dialect that the settings say and without what they leave out; see `load`.

    Args:
        path: What to read, on the Hub as well; an index that was loaded before is taken as it is.
        config: The project's settings; those of the working folder where it is `None`, and then the dialect may
            also stand in those that lie beside the cards.
        options: Further arguments of `load`.

    Raises:
        UsageError: A path does not exist, or there is no such dialect.
        ConfigError: The settings cannot be read.
    """
    caller = config or find_config(Path())
    if isinstance(path, Index):
        return path, caller
    paths = fetched_from_hub(as_paths(path), caller)
    dialect = (caller if config is not None else with_dialect(paths, caller)).dialect
    return load(paths, **{"dialect": dialect, "left_out": LeftOut.of(caller), **options}), caller
