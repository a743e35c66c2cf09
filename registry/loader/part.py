"""A part of a folder's cards, read without the others; several processes may read one folder so."""

from __future__ import annotations

from collections.abc import Sequence

from registry.dialects import DIALECTS
from registry.loader.file_store import FileStore
from registry.loader.inherit import taken_over
from registry.loader.left_out import LeftOut
from registry.loader.load import Loader
from registry.loader.places import Place
from registry.types import Index


class NotAloneError(ValueError):
    """The cards of a part cannot be told without those of the others."""


def load_part(files: Sequence[str], at: Place, dialect: str | None, left_out: LeftOut) -> tuple[Index, int]:
    """Read some of the files that a search of a folder found, as `load` reads all of them.

    Returns:
        The cards, and how many values their models take over, of which all parts together have a limit.

    Raises:
        NotAloneError: There is something to say of a file, or the cards lead to others.
    """
    loader = Loader(None if dialect is None else DIALECTS[dialect], FileStore({}, 1), left_out)
    for file in files:
        loader.confined(file, at, certain=False)
    index = loader.index(at.root)
    if index.findings or index.around or len(index.files) != len(files):
        raise NotAloneError
    inherited = 0
    for card in index.cards:
        count, lacking = taken_over(card)
        if lacking:
            raise NotAloneError
        inherited += count
    return index, inherited
