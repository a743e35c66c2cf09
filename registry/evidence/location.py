"""Where the evidence of some cards is kept."""

from __future__ import annotations

from pathlib import Path

from registry.config import Config
from registry.loader.places import find_root
from registry.storage import Place, place
from registry.types import UsageError


def evidence_folder(cards: Path, config: Config) -> Place:
    """The folder that the configuration names, or `evidence` beside the cards.

    Args:
        cards: A folder of cards, or one card.
        config: The project's settings.

    Raises:
        UsageError: It is a link that leads out of the cards' project, and nobody but that project says so.
    """
    if config.evidence is not None:
        named = place(config.evidence)
        return config.folder / named if isinstance(named, Path) else named
    beside = cards if cards.is_dir() else cards.parent
    folder = beside / "evidence"
    if folder.is_symlink() and not folder.resolve().is_relative_to(find_root(beside.resolve())):
        raise UsageError(f"{folder} is a link out of its project; name the folder with --evidence if that is meant")
    return folder
