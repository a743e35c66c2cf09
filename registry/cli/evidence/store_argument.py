"""Which store a folder on the command line means, and which cards are in it."""

from __future__ import annotations

from pathlib import Path

from registry.cli.chosen_cards import chosen_cards
from registry.cli.configuration import caller_config
from registry.evidence import Store
from registry.evidence.claim_key import evidence_folder
from registry.loader.missing import missing
from registry.storage import Place, StoreUrl
from registry.types import Index, UsageError


def store_at(folder: Place) -> Store:
    """The store that a folder is, or that belongs to the cards in it.

    Raises:
        UsageError: There is no such folder.
    """
    if isinstance(folder, StoreUrl):
        return Store(folder)
    if not folder.is_dir():
        raise UsageError(f"'{folder}' is a file and no folder") if folder.exists() else missing(folder)
    beside = evidence_folder(folder, caller_config())
    if folder.name == "evidence" or (not (folder / "evidence").is_dir() and Store(folder).all()):
        return Store(folder)
    return Store(beside)


def cards_in(folder: Place, store: Store) -> Index:
    """The cards that a folder holds; none where it is the evidence's own."""
    if not isinstance(folder, Path) or folder == store.folder:
        return Index(root="")
    return chosen_cards([folder]).load()
