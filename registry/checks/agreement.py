"""Whether two models say the same."""

from __future__ import annotations

from collections.abc import Hashable

from registry.checks.entry import Entry, Number
from registry.types import Quantity, Result
from registry.vocabulary import fold


def disagreement(one: Entry, other: Entry, *, results: bool = True) -> str:
    """What two models report different numbers of, such as `Parameters (25.6M and 2.56M)`; empty where nothing.

    Numbers agree where they lie within the precision that both were printed with.
    """
    known = {_key(number): number for number in one.numbers if number.quantity is not None}
    for number in other.numbers:
        same = known.get(_key(number))
        if same is None or (number.result is not None and not results):
            continue
        if number.quantity is not None and same.quantity is not None and not agree(same.quantity, number.quantity):
            return f"{number.said.name} ({same.quantity} and {number.quantity})"
    return ""


def agree(one: Quantity, other: Quantity) -> bool:
    """Whether two numbers lie within the precision that both were printed with."""
    return abs(one.value - other.value) <= one.half_width + other.half_width


def result_key(result: Result) -> tuple[Hashable, ...]:
    """What makes two results the same evaluation."""
    data = result.dataset
    return (
        fold(result.task_type or result.task),
        fold(data.type or data.name),
        data.config,
        data.split,
        data.revision,
        str(data.args),
        str(sorted((key, str(value)) for key, value in result.extra.items())),
    )


def _key(number: Number) -> tuple[Hashable, ...]:
    return (fold(number.said.name), *(result_key(number.result) if number.result is not None else ()))
