"""Whether two models say the same."""

from __future__ import annotations

from collections.abc import Container

from registry.checks.entry import Compared, Number

SPEEDS = frozenset({"inference-time", "throughput", "peak-memory"})
"""Subjects that depend on more than the model: two of the same model may differ in them."""


def disagreement(
    one: Compared, other: Compared, *, subjects: Container[str] | None = None, but: Container[str] = ()
) -> str:
    """What two models report different numbers of, such as `Parameters (25.6M and 2.56M)`; empty where nothing.

    Numbers agree where they lie within the precision that both were printed with.

    Args:
        one: A model.
        other: Another.
        subjects: What to compare, such as `parameters`; everything where it is `None`.
        but: What not to compare.
    """
    for key, number in other.numbers.items():
        wanted = (subjects is None or number.subject in subjects) and number.subject not in but
        same = one.numbers.get(key) if wanted else None
        if same is not None and not agree(same, number):
            return f"{number.label} ({same.text} and {number.text})"
    return ""


def agree(one: Number, other: Number) -> bool:
    """Whether two numbers lie within the precision that both were printed with."""
    return abs(one.value - other.value) <= one.half_width + other.half_width
