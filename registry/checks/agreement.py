"""Whether two models say the same."""

from __future__ import annotations

from collections.abc import Container, Hashable

from registry.checks.entry import Entry
from registry.types import Claim, Quantity, Result
from registry.vocabulary import Vocabulary, fold


def disagreement(one: Entry, other: Entry, words: Vocabulary, *, subjects: Container[str] | None = None) -> str:
    """What two models report different numbers of, such as `Parameters (25.6M and 2.56M)`; empty where nothing.

    Numbers agree where they lie within the precision that both were printed with.

    Args:
        one: A model.
        other: Another.
        words: The known names.
        subjects: What to compare, such as `parameters`; everything where it is `None`.
    """
    known = {_key(one, claim, words): claim for claim in one.claims}
    for claim in other.claims:
        same = known.get(_key(other, claim, words)) if subjects is None or claim.subject in subjects else None
        if same is not None and not agree(same.reported, claim.reported):
            return f"{claim.label} ({same.reported} and {claim.reported})"
    return ""


def agree(one: Quantity, other: Quantity) -> bool:
    """Whether two numbers lie within the precision that both were printed with."""
    return abs(one.value - other.value) <= one.half_width + other.half_width


def result_key(result: Result, words: Vocabulary) -> tuple[Hashable, ...]:
    """What makes two results the same evaluation, however the card spells its task and data."""
    data = result.dataset
    task, dataset = words.task(result.task), words.dataset(data.name)
    return (
        fold(result.task_type or (task.name if task else result.task)),
        fold(data.type or (dataset.name if dataset else data.name)),
        data.config,
        data.split,
        data.revision,
        str(data.args),
        str(sorted((key, str(value)) for key, value in result.extra.items())),
    )


def _key(entry: Entry, claim: Claim, words: Vocabulary) -> tuple[Hashable, ...]:
    if claim.result is None or entry.model is None:
        return (claim.subject, claim.conditions)
    return (claim.subject, claim.conditions, *result_key(entry.model.results[claim.result], words))
