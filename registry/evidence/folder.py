"""Where the evidence of some cards is kept."""

from __future__ import annotations

from pathlib import Path

from registry.config import Config


def evidence_folder(cards: Path, config: Config) -> Path:
    """The folder that the configuration names, or `evidence` beside the cards.

    Args:
        cards: A folder of cards, or one card.
        config: The project's settings.
    """
    if config.evidence is not None:
        return config.folder / config.evidence
    return (cards if cards.is_dir() else cards.parent) / "evidence"
