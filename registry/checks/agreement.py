"""Whether two models say the same."""

from __future__ import annotations

from collections.abc import Container, Hashable

from registry.checks.entry import Entry, Number
from registry.types import Metric, Quantity, Result
from registry.vocabulary import Vocabulary, fold
from registry.vocabulary.conditions import conditions


def disagreement(one: Entry, other: Entry, words: Vocabulary, *, subjects: Container[str] | None = None) -> str:
    """What two models report different numbers of, such as `Parameters (25.6M and 2.56M)`; empty where nothing.

    Numbers agree where they lie within the precision that both were printed with.

    Args:
        one: A model.
        other: Another.
        words: The known names.
        subjects: What to compare, such as `parameters`; everything where it is `None`.
    """
    known = {_key(number, words): number.quantity for number in one.numbers if number.quantity is not None}
    for number in other.numbers:
        same = known.get(_key(number, words)) if subjects is None or number.term.subject in subjects else None
        if same is not None and number.quantity is not None and not agree(same, number.quantity):
            return f"{number.said.name} ({same} and {number.quantity})"
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
        result.downstream,
        conditions(result.metrics),
    )


def _key(number: Number, words: Vocabulary) -> tuple[Hashable, ...]:
    where = result_key(number.result, words) if number.result is not None else ()
    within = number.said.within if isinstance(number.said, Metric) else ()
    return (number.term.subject, fold(number.said.name) if "(" in number.said.name else "", within, *where)
