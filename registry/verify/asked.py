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


def subjects_of(metrics: Iterable[str], models: Sequence[ModelClaims], words: Vocabulary) -> frozenset[str]:
    """The subjects of claims that are meant.

    Args:
        metrics: Names of metrics, in any spelling that the vocabulary knows.
        models: Whose claims are asked for.
        words: The project's vocabulary.

    Raises:
        UsageError: One is no metric that anybody knows, or no card claims any of them.
    """
    claimed_subjects = {claim.subject for model_claims in models for claim in model_claims.claims}
    subject_of = {name.strip(): words.subject(name.strip()) for name in metrics if name.strip()}
    for name, subject in subject_of.items():
        if subject not in claimed_subjects and words.of_subject(subject) is None:
            raise UsageError(
                f"no card claims '{name}'; {_meant(name, sorted(claimed_subjects), words.slip_of_metric(name))}"
            )
    subjects = frozenset(subject_of.values())
    if subjects and not subjects & claimed_subjects:
        names = ", ".join(sorted(claimed_subjects)) or "nothing"
        raise UsageError(f"no card claims {', '.join(sorted(subjects))}; what they claim is: {names}")
    return subjects


def check_datasets(names: Iterable[str], models: Sequence[ModelClaims], words: Vocabulary) -> None:
    """Refuse names of datasets that neither the cards nor the vocabulary have.

    Raises:
        UsageError: There is no such dataset.
    """
    refs = [claim.dataset for model_claims in models for claim in model_claims.claims if claim.dataset is not None]
    claimed_names = dict.fromkeys(name for ref in refs for name in _names(ref.name, ref.type) if name)
    # `sintel` is what the reason of a claim on "Sintel training (clean pass)" tells to write.
    options = {origin.option for name in claimed_names if (origin := source(name)) is not None}
    names_known = {canonical(name) for name in (*claimed_names, *options)}
    for name in names:
        if canonical(name) not in names_known and words.dataset(name) is None:
            raise UsageError(
                f"no card names the dataset '{name}'; {_meant(name, list(claimed_names), words.slip_of_dataset(name))}"
            )


def check_preprocessing(settings: Mapping[str, str]) -> None:
    """Refuse names of preprocessing that there is not.

    Raises:
        UsageError: There is no such field.
    """
    fields = {fold_field(name): name for name in PREPROCESSING}
    for name in settings:
        if fold_field(name) not in fields:
            close = KnownNames(fields).closest(fold_field(name))
            raise UsageError(
                f"preprocessing has no '{name}'; "
                + (f"did you mean {fields[close]}?" if close else f"it has {', '.join(PREPROCESSING)}")
            )


def _names(name: str, type_: str | None) -> tuple[str | None, ...]:
    sized = named_split(name).known
    return name, type_, None if sized is None else sized.name


def _meant(name: str, choices: Sequence[str], slip: str | None) -> str:
    close = slip or KnownNames(choices).closest(name)
    if close is not None:
        return f"did you mean {close}?"
    return f"there are {', '.join(choices[:12])}" if choices else "they claim nothing"
