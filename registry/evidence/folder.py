"""Where the evidence of some cards is kept."""

from __future__ import annotations

from pathlib import Path

from registry.config import Config
from registry.storage import Place, place


def evidence_folder(cards: Path, config: Config) -> Place:
    """The folder that the configuration names, or `evidence` beside the cards.

    Args:
        cards: A folder of cards, or one card.
        config: The project's settings.
    """
    if config.evidence is not None:
        named = place(config.evidence)
        return config.folder / named if isinstance(named, Path) else named
    return (cards if cards.is_dir() else cards.parent) / "evidence"
