"""Where the evidence of some cards is kept."""

from __future__ import annotations

import os
from pathlib import Path

from registry.config import Config
from registry.files import relative
from registry.lazy_regex import lazy_regex
from registry.loader.places import find_root
from registry.storage import Place, place
from registry.types import UsageError

_HOLDS_RECORDS = lazy_regex(r"-[0-9a-f]{8}(\.json)?$")
"""The file of a model, or as mir 0.1 kept them its folder."""


def evidence_folder(cards: Path, config: Config, root: Path | None = None) -> Place:
    """The folder that the configuration names, or the nearest `evidence` at or above the cards, as git finds its own.

    Where there is none in the cards' project, it is to be made beside them.

    Args:
        cards: A folder of cards, or one card.
        config: The project's settings.
        root: The project's folder; the repository of the cards where it is `None`, see `find_root`.

    Raises:
        UsageError: It is a link that leads out of the cards' project, and nobody but that project says so.
    """
    if config.evidence is not None:
        named = place(config.evidence)
        return config.folder / named if isinstance(named, Path) else named
    beside = cards if cards.is_dir() else cards.parent
    real = beside.resolve()
    root = find_root(real) if root is None else root.resolve()
    folder = beside / "evidence"
    if not os.path.lexists(folder):
        inside = (each / "evidence" for each in real.parents if each.is_relative_to(root))
        above = next(filter(_holds_records, inside), None)
        if above is not None:
            folder = above if cards.is_absolute() else Path(relative(above))
    if folder.is_symlink() and not folder.resolve().is_relative_to(root):
        raise UsageError(f"{folder} is a link out of its project; name the folder with --evidence if that is meant")
    return folder


def _holds_records(folder: Path) -> bool:
    """Whether a folder is a store, and not something else of this name."""
    try:
        with os.scandir(folder) as entries:
            return any(_HOLDS_RECORDS.search(entry.name) for entry in entries)
    except OSError:
        return False
