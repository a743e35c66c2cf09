"""What a caller asks for by name, held against what there is: a slip of the keyboard must not be a question less."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from registry.claims import ModelClaims
from registry.types import UsageError
from registry.verify.datasets import canonical
from registry.verify.datasets.sources import source
from registry.vocabulary import Vocabulary
from registry.vocabulary.dataset_sizes import named_split
from registry.vocabulary.slips import KnownNames

PREPROCESSING: Final = (
    "Image Size", "Crop Pct", "Resize Size", "Interpolation", "Antialias", "Channel Order", "Mean", "Std",
)  # fmt: skip
"""Fields of a card that say how a picture is prepared, under the names that timm's cards use where those have it."""


def fold_field(name: str) -> str:
    """A field's name without case and separators.

    >>> fold_field("Crop Pct") == fold_field("crop_pct")
    True
    """
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def subjects_of(wanted: Iterable[str], models: Sequence[ModelClaims], words: Vocabulary) -> frozenset[str]:
    """The subjects of claims that are meant.

    Args:
        wanted: Names of metrics, in any spelling that the vocabulary knows.
        models: Whose claims are asked for.
        words: The project's vocabulary.

    Raises:
        UsageError: One is no metric that anybody knows, or no card claims any of them.
    """
    claimed = {claim.subject for each in models for claim in each.claims}
    asked = {name.strip(): words.subject(name.strip()) for name in wanted if name.strip()}
    for name, subject in asked.items():
        if subject not in claimed and words.of_subject(subject) is None:
            raise UsageError(f"no card claims '{name}'; {_meant(name, sorted(claimed), words.slip_of_metric(name))}")
    subjects = frozenset(asked.values())
    if subjects and not subjects & claimed:
        names = ", ".join(sorted(claimed)) or "nothing"
        raise UsageError(f"no card claims {', '.join(sorted(subjects))}; what they claim is: {names}")
    return subjects


def check_datasets(names: Iterable[str], models: Sequence[ModelClaims], words: Vocabulary) -> None:
    """Refuse names of datasets that neither the cards nor the vocabulary have.

    Raises:
        UsageError: There is no such dataset.
    """
    refs = [claim.dataset for each in models for claim in each.claims if claim.dataset is not None]
    claimed = dict.fromkeys(name for ref in refs for name in _names(ref.name, ref.type) if name)
    # `sintel` is what the reason of a claim on "Sintel training (clean pass)" tells to write.
    options = {found.option for name in claimed if (found := source(name)) is not None}
    known = {canonical(name) for name in (*claimed, *options)}
    for name in names:
        if canonical(name) not in known and words.dataset(name) is None:
            raise UsageError(
                f"no card names the dataset '{name}'; {_meant(name, list(claimed), words.slip_of_dataset(name))}"
            )


def check_preprocessing(given: Mapping[str, str]) -> None:
    """Refuse names of preprocessing that there is not.

    Raises:
        UsageError: There is no such field.
    """
    known = {fold_field(name): name for name in PREPROCESSING}
    for name in given:
        if fold_field(name) not in known:
            close = KnownNames(known).closest(fold_field(name))
            raise UsageError(
                f"preprocessing has no '{name}'; "
                + (f"did you mean {known[close]}?" if close else f"it has {', '.join(PREPROCESSING)}")
            )


def _names(name: str, type_: str | None) -> tuple[str | None, ...]:
    sized = named_split(name).known
    return name, type_, None if sized is None else sized.name


def _meant(name: str, claimed: Sequence[str], slip: str | None) -> str:
    close = slip or KnownNames(claimed).closest(name)
    if close is not None:
        return f"did you mean {close}?"
    return f"there are {', '.join(claimed[:12])}" if claimed else "they claim nothing"
