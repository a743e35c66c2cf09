"""Whether everything under a folder is settled, found out without torch and on every core.

Where nothing is to be measured, a run only has to say so. A glance looks at parts of the folder's cards side by side,
by the same rules as a run (`triage`), and gives up, so that the run is as it always is, wherever it meets anything
that needs more: a card that cannot be read, a claim that could be measured, evidence that is stale, or a model whose
library would have to be asked.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from registry.claims import read_claims
from registry.config import Config
from registry.evidence import Store
from registry.evidence.beside import Totals
from registry.gc import without_collector
from registry.loader.left_out import LeftOut
from registry.loader.part import NotAloneError, load_part
from registry.loader.places import TooManyError, place, scan
from registry.parallel import cores, spread
from registry.read.problems import MAX_INHERITED
from registry.types import Index
from registry.verify.looks import Looks, UnsettledError
from registry.verify.own_code import files_beside
from registry.verify.tasks import unmeasured
from registry.verify.triage import triage
from registry.vocabulary import Vocabulary

_WORTH_IT = 100
"""Files of evidence under which a run takes about as long."""

_PARTS = 24
"""Parts that the cards are cut into, so that all cores are done at about the same time."""


@dataclass(kw_only=True)
class Glance:
    """What is known of a folder in which everything is settled.

    Attributes:
        totals: What there is of each verdict.
        files: Real paths of the files that were read.
        beside: Files of weights and of code beside cards.
    """

    totals: Totals = field(default_factory=Totals)
    files: tuple[str, ...] = ()
    beside: list[str] = field(default_factory=list)

    @property
    def index(self) -> Index:
        """An index of the files alone."""
        return Index(root="", files=self.files)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Part:
    totals: Totals
    beside: tuple[str, ...]
    inherited: int


@without_collector()
def glance(folder: Path, store: Store, config: Config) -> Glance | None:
    """Everything under a folder, where all of it is settled; `None` where a run has to find out."""
    if not folder.is_dir() or not isinstance(store.folder, Path) or _fewer(store.folder, _WORTH_IT):
        return None
    at, left_out = place(folder, None), LeftOut.of(config)
    search = left_out.below(at.folder, at.root)
    try:
        files = scan(at.folder, search)
    except TooManyError:
        return None
    if not files or search.hidden or store.holds_old:
        return None
    words = config.load_vocabulary()
    data = {name: config.folder / path for name, path in config.datasets.items()}

    def look(part: Sequence[str]) -> _Part | None:
        try:
            return _look(*load_part(part, at, config.dialect, left_out), words, store, data)
        except (NotAloneError, UnsettledError):
            return None

    overview = Glance(files=tuple(os.path.realpath(file) for file in files))
    inherited = 0
    for part in spread(look, _cut(files), cores()):
        if part is None:
            return None
        inherited += part.inherited
        overview.totals.merge(part.totals)
        overview.beside += part.beside
    return overview if overview.totals.models and inherited <= MAX_INHERITED else None


def _look(index: Index, inherited: int, words: Vocabulary, store: Store, data: Mapping[str, Path]) -> _Part:
    """The totals of some cards.

    Raises:
        UnsettledError: Something is to be measured, or cannot be told here.
    """
    models = read_claims(index, words)
    if len(models) != len(index.models) or any(model_claims.unreadable for model_claims in models):
        raise UnsettledError
    totals, looks = Totals(), Looks(store, data)
    for state in triage(models, looks.measurers, store):
        if state.wrong:
            raise UnsettledError
        if state.holds and state.earlier.evidence is not None:
            totals.add(state.earlier.evidence)
        elif state.earlier.evidence is not None:
            raise UnsettledError
        else:
            why = unmeasured(state.claim) if state.who is None else looks.measurers[state.who].lacking(state.claim)
            if not why:
                raise UnsettledError
            totals.add_lacking(state.claim, why)
    return _Part(
        totals=totals, beside=tuple(files_beside(model_claims.model for model_claims in models)), inherited=inherited
    )


def _cut(files: Sequence[str]) -> list[list[str]]:
    """Files in parts of about as many bytes, in their order."""
    sizes = [path.stat().st_size if path.is_file() else 0 for path in map(Path, files)]
    most = sum(sizes) // _PARTS + 1
    parts: list[list[str]] = [[]]
    size_so_far = 0
    for file, size in zip(files, sizes, strict=True):
        if size_so_far >= most:
            parts.append([])
            size_so_far = 0
        parts[-1].append(file)
        size_so_far += size
    return parts


def _fewer(folder: Path, most: int) -> bool:
    try:
        with os.scandir(folder) as entries:
            return sum(1 for _ in zip(entries, range(most), strict=False)) < most
    except OSError:
        return True
